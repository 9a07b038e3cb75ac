//! Facts about accounts and sessions.

use serde::{Deserialize, Serialize};
use types::{EmailAddress, PersonName, Role, SessionId, UserId};
use utoipa::ToSchema;

/// Somebody made an account. An address that they gave is not verified yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserRegistered {
    /// The new account.
    pub user_id: UserId,
    /// Where mail reaches them, once verified; absent where they sign in through another service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Email)]
    pub email: Option<EmailAddress>,
    /// What they call themselves.
    #[schema(value_type = String)]
    pub name: PersonName,
    /// Which verification of the address is under way. It proves nothing by itself: the link's signature does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_id: Option<uuid::Uuid>,
}

event!(UserRegistered, "identity.user_registered", version = 1, subject = user_id);

/// A user proved that the address is theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailVerified {
    /// Whose address it is.
    pub user_id: UserId,
    /// The address.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
}

event!(EmailVerified, "identity.email_verified", version = 1, subject = user_id);

/// A device signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionStarted {
    /// Who signed in.
    pub user_id: UserId,
    /// The new session.
    pub session_id: SessionId,
    /// The device that it is on.
    pub device: Device,
}

event!(SessionStarted, "identity.session_started", version = 1, subject = user_id);

/// A session is over: its device must sign in again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionEnded {
    /// Whose session it was.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The device that it was on.
    pub device: Device,
    /// Why it ended.
    pub reason: SessionEndReason,
}

event!(SessionEnded, "identity.session_ended", version = 1, subject = user_id);

/// Signing in needs a code now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaEnabled {
    /// Whose sign-in.
    pub user_id: UserId,
}

event!(MfaEnabled, "identity.mfa_enabled", version = 1, subject = user_id);

/// The password is enough to sign in now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaDisabled {
    /// Whose sign-in.
    pub user_id: UserId,
}

event!(MfaDisabled, "identity.mfa_disabled", version = 1, subject = user_id);

/// A device as its user knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// What the device calls itself.
    pub name: String,
    /// Its kind: `ios`, `android`, `web`, ….
    pub platform: String,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionEndReason {
    /// The plan's number of devices was reached and this was the oldest.
    DeviceLimit,
    /// The user signed out.
    Logout,
    /// The user ended it from another device.
    Revoked,
    /// A refresh token that had been replaced was used again: somebody has a copy.
    Replay,
    /// The password was reset, or changed on another device.
    PasswordReset,
    /// The account was suspended.
    Suspended,
    /// The account was deleted.
    Deleted,
}

/// A user changed what they say of themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileChanged {
    /// Who.
    pub user_id: UserId,
    /// What they call themselves now.
    #[schema(value_type = String)]
    pub name: PersonName,
}

event!(ProfileChanged, "identity.profile_changed", version = 1, subject = user_id);

/// A user deleted their account: whoever holds anything on them deletes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDeleted {
    /// Who.
    pub user_id: UserId,
}

event!(UserDeleted, "identity.user_deleted", version = 1, subject = user_id);

/// A user asked for another mail that lets them prove their address. The links of earlier ones are void.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationRequested {
    /// Whose account it is.
    pub user_id: UserId,
    /// Where the mail goes.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// What they call themselves.
    #[schema(value_type = String)]
    pub name: PersonName,
    /// Which verification of the address is under way. It proves nothing by itself: the link's signature does.
    pub verification_id: uuid::Uuid,
}

event!(VerificationRequested, "identity.verification_requested", version = 1, subject = user_id);

/// Somebody asked for a new password of an account. The links of earlier requests are void.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetRequested {
    /// Whose account it is.
    pub user_id: UserId,
    /// Where the mail goes.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// What they call themselves.
    #[schema(value_type = String)]
    pub name: PersonName,
    /// Which reset is under way. It proves nothing by itself: the link's signature does.
    pub reset_id: uuid::Uuid,
}

event!(PasswordResetRequested, "identity.password_reset_requested", version = 1, subject = user_id);

/// An account's password was reset or changed. Its owner should hear of it: it may have been somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChanged {
    /// Whose account it is.
    pub user_id: UserId,
    /// Where they hear of it; absent where the account has no address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Email)]
    pub email: Option<EmailAddress>,
    /// What they call themselves.
    #[schema(value_type = String)]
    pub name: PersonName,
}

event!(PasswordChanged, "identity.password_changed", version = 1, subject = user_id);

/// A user may do other things than before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolesChanged {
    /// Whose account it is.
    pub user_id: UserId,
    /// All their roles now.
    pub roles: Vec<Role>,
}

event!(RolesChanged, "identity.roles_changed", version = 1, subject = user_id);

/// A user pays for something else than before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanChanged {
    /// Whose account it is.
    pub user_id: UserId,
    /// The plan that they have now.
    pub plan: String,
}

event!(PlanChanged, "identity.plan_changed", version = 1, subject = user_id);

/// An admin closed an account for now. Its sessions are told of one by one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSuspended {
    /// Whose account it is.
    pub user_id: UserId,
}

event!(UserSuspended, "identity.user_suspended", version = 1, subject = user_id);

/// An admin opened a suspended account again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserRestored {
    /// Whose account it is.
    pub user_id: UserId,
}

event!(UserRestored, "identity.user_restored", version = 1, subject = user_id);
