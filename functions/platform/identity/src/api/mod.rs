//! The endpoints, one file each.

pub mod delete_me;
pub mod export_me;
pub mod get_jwks;
pub mod get_me;
pub mod link_telegram;
pub mod login;
pub mod register;
pub mod sign_in_with_telegram;
pub mod unlink_telegram;
pub mod update_me;
mod view;

pub use view::{DeviceInput, SignedIn, Tokens, UserView};

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    delete_me::delete_me,
    export_me::export_me,
    get_jwks::get_jwks,
    get_me::get_me,
    link_telegram::link_telegram,
    login::login,
    register::register,
    sign_in_with_telegram::sign_in_with_telegram,
    unlink_telegram::unlink_telegram,
    update_me::update_me
))]
pub struct Api;
