//! The endpoints, one file each.

pub mod confirm_totp;
pub mod disable_totp;
pub mod enrol_totp;
pub mod get_jwks;
pub mod get_me;
pub mod login;
mod reauthentication;
pub mod register;
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
    login::login,
    register::register,
    verify_mfa::verify_mfa,
))]
pub struct Api;
