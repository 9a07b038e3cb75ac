//! HTTP endpoints, one per file.

mod administration;
mod api_key_view;
pub mod begin_email_sign_in;
pub mod cancel_mfa_removal;
pub mod cancel_mfa_removal_by_link;
pub mod cancel_own_mfa_removal;
pub mod change_email;
pub mod change_password;
pub mod complete_email_sign_in;
pub mod confirm_email;
pub mod confirm_mfa_removal;
pub mod confirm_totp;
pub mod create_api_key;
pub mod create_export;
pub mod delete_api_key;
pub mod delete_me;
pub mod disable_totp;
mod end_session;
pub mod enrol_totp;
mod export_view;
pub mod forgot_password;
pub mod get_export;
pub mod get_jwks;
pub mod get_me;
pub mod get_openid_configuration;
pub mod get_user;
mod link;
pub mod link_telegram;
pub mod list_api_keys;
pub mod list_sessions;
pub mod list_sign_ins;
pub mod list_users;
pub mod login;
pub mod logout;
mod password_set;
mod reauthentication;
pub mod refresh;
pub mod register;
pub mod replace_recovery_codes;
pub mod request_mfa_removal;
mod request_token;
pub mod resend_verification;
pub mod reset_password;
pub mod restore_user;
pub mod revoke_other_sessions;
pub mod revoke_session;
pub mod set_user_plan;
pub mod set_user_roles;
pub mod sign_in;
mod sign_in_log;
pub mod sign_in_with_telegram;
mod step_up;
pub mod suspend_user;
pub mod undo_email_change;
pub mod unlink_telegram;
pub mod update_me;
pub mod verify_email;
pub mod verify_mfa;
mod view;

pub use administration::AdminUserView;
pub use api_key_view::ApiKeyView;
pub use export_view::ExportView;
pub use link::LinkToken;
pub use view::{DeviceInput, SignedIn, Tokens, UserView};

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "identity", description = "Accounts, sign-in, sessions, two-step verification, API keys, data export and user administration.")), paths(
    begin_email_sign_in::begin_email_sign_in,
    cancel_mfa_removal::cancel_mfa_removal,
    cancel_mfa_removal_by_link::cancel_mfa_removal_by_link,
    cancel_own_mfa_removal::cancel_own_mfa_removal,
    change_email::change_email,
    change_password::change_password,
    complete_email_sign_in::complete_email_sign_in,
    confirm_email::confirm_email,
    confirm_mfa_removal::confirm_mfa_removal,
    confirm_totp::confirm_totp,
    create_api_key::create_api_key,
    create_export::create_export,
    delete_api_key::delete_api_key,
    delete_me::delete_me,
    disable_totp::disable_totp,
    enrol_totp::enrol_totp,
    forgot_password::forgot_password,
    get_export::get_export,
    get_jwks::get_jwks,
    get_me::get_me,
    get_openid_configuration::get_openid_configuration,
    get_user::get_user,
    link_telegram::link_telegram,
    list_api_keys::list_api_keys,
    list_sessions::list_sessions,
    list_sign_ins::list_sign_ins,
    list_users::list_users,
    login::login,
    logout::logout,
    refresh::refresh,
    register::register,
    replace_recovery_codes::replace_recovery_codes,
    request_mfa_removal::request_mfa_removal,
    resend_verification::resend_verification,
    reset_password::reset_password,
    restore_user::restore_user,
    revoke_other_sessions::revoke_other_sessions,
    revoke_session::revoke_session,
    set_user_plan::set_user_plan,
    set_user_roles::set_user_roles,
    sign_in_with_telegram::sign_in_with_telegram,
    suspend_user::suspend_user,
    undo_email_change::undo_email_change,
    unlink_telegram::unlink_telegram,
    update_me::update_me,
    verify_email::verify_email,
    verify_mfa::verify_mfa,
))]
pub struct Api;
