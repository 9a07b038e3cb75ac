//! The endpoints, one file each.

pub mod change_password;
pub mod confirm_totp;
pub mod delete_me;
pub mod disable_totp;
mod end_session;
pub mod enrol_totp;
pub mod export_me;
pub mod forgot_password;
pub mod get_jwks;
pub mod get_me;
pub mod get_openid_configuration;
mod link;
pub mod link_telegram;
pub mod list_sessions;
pub mod login;
pub mod logout;
mod password_set;
mod reauthentication;
pub mod refresh;
pub mod register;
pub mod resend_verification;
pub mod reset_password;
pub mod revoke_other_sessions;
pub mod revoke_session;
pub mod sign_in;
pub mod sign_in_with_telegram;
pub mod unlink_telegram;
pub mod update_me;
pub mod verify_email;
pub mod verify_mfa;
mod view;

pub use link::LinkToken;
pub use view::{DeviceInput, SignedIn, Tokens, UserView};

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    change_password::change_password,
    confirm_totp::confirm_totp,
    delete_me::delete_me,
    disable_totp::disable_totp,
    enrol_totp::enrol_totp,
    export_me::export_me,
    forgot_password::forgot_password,
    get_jwks::get_jwks,
    get_me::get_me,
    get_openid_configuration::get_openid_configuration,
    link_telegram::link_telegram,
    list_sessions::list_sessions,
    login::login,
    logout::logout,
    refresh::refresh,
    register::register,
    resend_verification::resend_verification,
    reset_password::reset_password,
    revoke_other_sessions::revoke_other_sessions,
    revoke_session::revoke_session,
    sign_in_with_telegram::sign_in_with_telegram,
    unlink_telegram::unlink_telegram,
    update_me::update_me,
    verify_email::verify_email,
    verify_mfa::verify_mfa,
))]
pub struct Api;
