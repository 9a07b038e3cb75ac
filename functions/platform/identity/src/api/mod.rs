//! The endpoints, one file each.

pub mod confirm_totp;
pub mod disable_totp;
mod end_session;
pub mod enrol_totp;
pub mod get_jwks;
pub mod get_me;
pub mod get_openid_configuration;
pub mod list_sessions;
pub mod login;
pub mod logout;
mod reauthentication;
pub mod refresh;
pub mod register;
pub mod revoke_other_sessions;
pub mod revoke_session;
pub mod sign_in;
pub mod verify_mfa;
mod view;

pub use view::{DeviceInput, SignedIn, Tokens, UserView};

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    confirm_totp::confirm_totp,
    disable_totp::disable_totp,
    enrol_totp::enrol_totp,
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
    verify_mfa::verify_mfa,
))]
pub struct Api;
