//! The endpoints, one file each.

mod administration;
mod api_key_view;
pub mod create_api_key;
pub mod delete_api_key;
pub mod get_jwks;
pub mod get_me;
pub mod get_user;
pub mod list_api_keys;
pub mod list_users;
pub mod login;
pub mod register;
pub mod restore_user;
pub mod set_user_plan;
pub mod set_user_roles;
pub mod suspend_user;
mod view;

pub use administration::AdminUserView;
pub use api_key_view::ApiKeyView;
pub use view::{DeviceInput, SignedIn, Tokens, UserView};

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    create_api_key::create_api_key,
    delete_api_key::delete_api_key,
    get_jwks::get_jwks,
    get_me::get_me,
    get_user::get_user,
    list_api_keys::list_api_keys,
    list_users::list_users,
    login::login,
    register::register,
    restore_user::restore_user,
    set_user_plan::set_user_plan,
    set_user_roles::set_user_roles,
    suspend_user::suspend_user,
))]
pub struct Api;
