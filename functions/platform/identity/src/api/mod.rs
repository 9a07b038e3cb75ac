//! The endpoints, one file each.

pub mod get_jwks;
pub mod get_me;
pub mod login;
pub mod register;
mod view;

pub use view::{DeviceInput, SignedIn, Tokens, UserView};

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(get_jwks::get_jwks, get_me::get_me, login::login, register::register))]
pub struct Api;
