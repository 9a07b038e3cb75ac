//! Events of accounts and sessions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{ApiKeyId, EmailAddress, PersonName, Role, SessionId, UserId};
use utoipa::ToSchema;

/// An account was registered. Its e-mail address is not verified yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserRegistered {
    /// User ID.
    pub user_id: UserId,
    /// E-mail address. Absent if the account was registered through Telegram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Email)]
    pub email: Option<EmailAddress>,
    /// Display name.
    #[schema(value_type = String)]
    pub name: PersonName,
    /// Verification ID, not a secret: the signature of the link authorizes the verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_id: Option<uuid::Uuid>,
}

event!(UserRegistered, "identity.user_registered", version = 1, subject = user_id);

/// A user verified the e-mail address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailVerified {
    /// User ID.
    pub user_id: UserId,
    /// E-mail address.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
}

event!(EmailVerified, "identity.email_verified", version = 1, subject = user_id);

/// The owner of an e-mail address took over an account whose address was not verified. Everything that was set up in the
/// account before, such as push devices and a phone number, is not theirs and must be removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountReclaimed {
    /// User ID.
    pub user_id: UserId,
}

event!(AccountReclaimed, "identity.account_reclaimed", version = 1, subject = user_id);

/// A device signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionStarted {
    /// User ID.
    pub user_id: UserId,
    /// Session ID.
    pub session_id: SessionId,
    /// Device.
    pub device: Device,
}

event!(SessionStarted, "identity.session_started", version = 1, subject = user_id);

/// A session ended. Its device must sign in again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionEnded {
    /// User ID.
    pub user_id: UserId,
    /// Session ID.
    pub session_id: SessionId,
    /// Device.
    pub device: Device,
    /// Reason.
    pub reason: SessionEndReason,
}

event!(SessionEnded, "identity.session_ended", version = 1, subject = user_id);

/// Two-step verification was enabled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaEnabled {
    /// User ID.
    pub user_id: UserId,
}

event!(MfaEnabled, "identity.mfa_enabled", version = 1, subject = user_id);

/// Two-step verification was disabled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaDisabled {
    /// User ID.
    pub user_id: UserId,
}

event!(MfaDisabled, "identity.mfa_disabled", version = 1, subject = user_id);

/// The recovery codes of an account were replaced. The old ones are invalid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodesReplaced {
    /// User ID.
    pub user_id: UserId,
}

event!(RecoveryCodesReplaced, "identity.recovery_codes_replaced", version = 1, subject = user_id);

/// An admin requested the removal of a user's second factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaRemovalRequested {
    /// User ID.
    pub user_id: UserId,
    /// Removal ID.
    pub removal_id: uuid::Uuid,
    /// Admin who requested the removal.
    pub requested_by: UserId,
    /// Reason that the admin gave.
    pub reason: String,
    /// Whether a second admin has to confirm the removal, because the user is an admin.
    pub needs_confirmation: bool,
}

event!(MfaRemovalRequested, "identity.mfa_removal_requested", version = 1, subject = user_id);

/// The removal of a user's second factor was approved. The user must be notified: until it takes effect, it can be cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaRemovalScheduled {
    /// User ID.
    pub user_id: UserId,
    /// Removal ID, not a secret: the signature of the link authorizes the cancellation.
    pub removal_id: uuid::Uuid,
    /// Time from which the next sign-in removes the factor.
    #[schema(value_type = String, format = DateTime)]
    pub takes_effect_at: Timestamp,
    /// Second admin, if the user is an admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<UserId>,
}

event!(MfaRemovalScheduled, "identity.mfa_removal_scheduled", version = 1, subject = user_id);

/// Who cancelled the removal of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MfaRemovalCanceller {
    /// An admin.
    Admin,
    /// The user: with a session, or with the link of the e-mail.
    User,
    /// A sign-in with the factor: it is not lost.
    Factor,
}

/// The removal of a user's second factor was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaRemovalCancelled {
    /// User ID.
    pub user_id: UserId,
    /// Removal ID.
    pub removal_id: uuid::Uuid,
    /// Who cancelled it.
    pub cancelled_by: MfaRemovalCanceller,
}

event!(MfaRemovalCancelled, "identity.mfa_removal_cancelled", version = 1, subject = user_id);

/// The second factor of a user was removed, as an admin had requested. Each ended session has its own event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaRemoved {
    /// User ID.
    pub user_id: UserId,
    /// Removal ID.
    pub removal_id: uuid::Uuid,
    /// Admin who requested the removal.
    pub requested_by: UserId,
    /// Second admin, if the user is an admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<UserId>,
}

event!(MfaRemoved, "identity.mfa_removed", version = 1, subject = user_id);

/// An admin created an API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyCreated {
    /// Owner of the key: the admin who created it.
    pub user_id: UserId,
    /// API key ID.
    pub api_key_id: ApiKeyId,
    /// Display name of the key.
    pub name: String,
    /// Scopes that the key grants.
    pub scopes: Vec<String>,
}

event!(ApiKeyCreated, "identity.api_key_created", version = 1, subject = user_id);

/// An admin deleted an API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyDeleted {
    /// Owner of the key: the admin who created it.
    pub user_id: UserId,
    /// API key ID.
    pub api_key_id: ApiKeyId,
    /// Display name of the key.
    pub name: String,
    /// Admin who deleted it.
    pub deleted_by: UserId,
}

event!(ApiKeyDeleted, "identity.api_key_deleted", version = 1, subject = user_id);

/// A Telegram account was linked. It can sign in to the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TelegramLinked {
    /// User ID.
    pub user_id: UserId,
}

event!(TelegramLinked, "identity.telegram_linked", version = 1, subject = user_id);

/// The Telegram account was unlinked. It can no longer sign in to the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TelegramUnlinked {
    /// User ID.
    pub user_id: UserId,
}

event!(TelegramUnlinked, "identity.telegram_unlinked", version = 1, subject = user_id);

/// Device of a session, as reported by the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SessionDevice)]
pub struct Device {
    /// Display name.
    pub name: String,
    /// Platform: `ios`, `android`, `web` or another value.
    pub platform: String,
}

/// Reason why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionEndReason {
    /// Device limit of the plan; the oldest session ends.
    DeviceLimit,
    /// The user signed out.
    Logout,
    /// Ended by the user from another device.
    Revoked,
    /// Reuse of a refresh token, which indicates token theft.
    Replay,
    /// Password reset by e-mail.
    PasswordReset,
    /// Password change on another device.
    PasswordChanged,
    /// The account was suspended.
    Suspended,
    /// The second factor was removed, as an admin had requested.
    MfaRemoved,
    /// The account was deleted.
    Deleted,
}

/// A user updated the profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileChanged {
    /// User ID.
    pub user_id: UserId,
    /// New display name.
    #[schema(value_type = String)]
    pub name: PersonName,
}

event!(ProfileChanged, "identity.profile_changed", version = 1, subject = user_id);

/// A user deleted the account. Every context must erase their data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDeleted {
    /// User ID.
    pub user_id: UserId,
}

event!(UserDeleted, "identity.user_deleted", version = 1, subject = user_id);

/// A user requested another verification e-mail. Links of earlier e-mails stay valid until they expire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationRequested {
    /// User ID.
    pub user_id: UserId,
    /// E-mail address of the recipient.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// Display name.
    #[schema(value_type = String)]
    pub name: PersonName,
    /// Verification ID, not a secret: the signature of the link authorizes the verification.
    pub verification_id: uuid::Uuid,
}

event!(VerificationRequested, "identity.verification_requested", version = 1, subject = user_id);

/// A password reset was requested. Links of earlier e-mails stay valid until they expire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetRequested {
    /// User ID.
    pub user_id: UserId,
    /// E-mail address of the recipient.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// Display name.
    #[schema(value_type = String)]
    pub name: PersonName,
    /// Reset ID, not a secret: the signature of the link authorizes the reset.
    pub reset_id: uuid::Uuid,
    /// Whether the address is verified. The name is not the recipient's own if it is not.
    #[serde(default)]
    pub address_verified: bool,
}

event!(PasswordResetRequested, "identity.password_reset_requested", version = 1, subject = user_id);

/// The password of an account was reset or changed. The owner must be notified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChanged {
    /// User ID.
    pub user_id: UserId,
    /// E-mail address. Absent if the account has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Email)]
    pub email: Option<EmailAddress>,
    /// Display name.
    #[schema(value_type = String)]
    pub name: PersonName,
    /// Whether the address is verified. An address that is not may belong to another person.
    #[serde(default)]
    pub address_verified: bool,
}

event!(PasswordChanged, "identity.password_changed", version = 1, subject = user_id);

/// A sign-in code by e-mail was requested. The address may have no account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailCodeRequested {
    /// User ID. If the address has no account, an ID that no account ever gets.
    pub user_id: UserId,
    /// E-mail address of the recipient.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// Request ID, not a secret: code and link are derived from it with a key.
    pub request_id: uuid::Uuid,
}

event!(EmailCodeRequested, "identity.email_code_requested", version = 1, subject = user_id);

/// A user requested a change of the e-mail address, which takes effect when the new address is confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailChangeRequested {
    /// User ID.
    pub user_id: UserId,
    /// New e-mail address, which receives a link to confirm the change.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// Confirmation ID, not a secret: the signature of the link authorizes the confirmation.
    pub confirmation_id: uuid::Uuid,
    /// Current e-mail address, which receives a link to undo the change. Absent if it is not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Email)]
    pub current_email: Option<EmailAddress>,
    /// Undo ID, not a secret: the signature of the link authorizes the undo. Absent without `currentEmail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_id: Option<uuid::Uuid>,
}

event!(EmailChangeRequested, "identity.email_change_requested", version = 1, subject = user_id);

/// The e-mail address of an account changed, or a change was undone. The address is verified. Contexts that store addresses
/// must replace theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailChanged {
    /// User ID.
    pub user_id: UserId,
    /// E-mail address from now on.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
}

event!(EmailChanged, "identity.email_changed", version = 1, subject = user_id);

/// The roles of a user changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolesChanged {
    /// User ID.
    pub user_id: UserId,
    /// All roles.
    pub roles: Vec<Role>,
}

event!(RolesChanged, "identity.roles_changed", version = 1, subject = user_id);

/// The plan of a user changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanChanged {
    /// User ID.
    pub user_id: UserId,
    /// New plan.
    pub plan: String,
}

event!(PlanChanged, "identity.plan_changed", version = 1, subject = user_id);

/// An admin suspended an account. Each ended session has its own event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSuspended {
    /// User ID.
    pub user_id: UserId,
}

event!(UserSuspended, "identity.user_suspended", version = 1, subject = user_id);

/// An admin restored a suspended account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserRestored {
    /// User ID.
    pub user_id: UserId,
}

event!(UserRestored, "identity.user_restored", version = 1, subject = user_id);

/// A user requested an export of all personal data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportRequested {
    /// User ID.
    pub user_id: UserId,
    /// Export ID.
    pub export_id: uuid::Uuid,
}

event!(ExportRequested, "identity.export_requested", version = 1, subject = user_id);
