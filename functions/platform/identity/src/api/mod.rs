//! The endpoints, one file each.

mod end_session;
pub mod get_jwks;
pub mod get_me;
pub mod get_openid_configuration;
pub mod list_sessions;
pub mod login;
pub mod logout;
pub mod refresh;
pub mod register;
pub mod revoke_other_sessions;
pub mod revoke_session;
mod view;

pub use view::{DeviceInput, SignedIn, Tokens, UserView};

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    get_jwks::get_jwks,
    get_me::get_me,
    get_openid_configuration::get_openid_configuration,
    list_sessions::list_sessions,
    login::login,
    logout::logout,
    refresh::refresh,
    register::register,
    revoke_other_sessions::revoke_other_sessions,
    revoke_session::revoke_session,
))]
pub struct Api;
