//! The endpoints, one file each.

pub mod change_password;
pub mod forgot_password;
pub mod get_jwks;
pub mod get_me;
mod link;
pub mod login;
mod password_set;
pub mod register;
pub mod resend_verification;
pub mod reset_password;
pub mod verify_email;
mod view;

pub use link::LinkToken;
pub use view::{DeviceInput, SignedIn, Tokens, UserView};

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    change_password::change_password,
    forgot_password::forgot_password,
    get_jwks::get_jwks,
    get_me::get_me,
    login::login,
    register::register,
    resend_verification::resend_verification,
    reset_password::reset_password,
    verify_email::verify_email,
))]
pub struct Api;
