//! Views of accounts and tokens in responses.

use contracts::identity::Device;
use jiff::Timestamp;
use kit::http::{Fields, Problem};
use serde::{Deserialize, Serialize};
use types::{Role, SessionId, UserId};
use utoipa::ToSchema;

use crate::domain::account::{Account, Status};
use crate::domain::refresh::RefreshToken;
use crate::domain::sign_in_methods::SignInMethod;
use crate::issuer::{ACCESS_LIFETIME, Issuer};
use crate::problem;

/// The longest name or platform of a device, in characters.
const MAX_DEVICE_CHARS: usize = 64;

/// Device that signs in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceInput {
    /// Display name. Shown in the list of sessions.
    #[schema(example = "Ann's phone", min_length = 1, max_length = 64)]
    pub name: String,
    /// Platform: `ios`, `android`, `web` or another value.
    #[schema(example = "ios", min_length = 1, max_length = 64)]
    pub platform: String,
}

impl DeviceInput {
    /// The device, if it is described well; one that is not described is unknown.
    pub fn parse(input: Option<Self>, fields: &mut Fields) -> Option<Device> {
        let Some(input) = input else {
            return Some(Device { name: "Unknown device".to_owned(), platform: "unknown".to_owned() });
        };
        let name = fields.check("device.name", types::line(&input.name, MAX_DEVICE_CHARS));
        let platform = fields.check("device.platform", types::line(&input.platform, MAX_DEVICE_CHARS));
        Some(Device { name: name?, platform: platform? })
    }
}

/// An account, as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// User ID.
    id: UserId,
    /// E-mail address. Null if the account was registered through Telegram.
    #[schema(format = Email)]
    email: Option<String>,
    /// Whether the e-mail address is verified.
    email_verified: bool,
    /// Display name.
    name: String,
    /// Available sign-in methods.
    sign_in_methods: Vec<SignInMethod>,
    /// Roles. `user` is always included.
    roles: Vec<Role>,
    /// Name of the plan that counts now: the one from billing (`GET /v1/billing`), or that of the account.
    plan: String,
    /// Account status.
    status: Status,
    /// Whether sign-in requires a second factor.
    mfa_enabled: bool,
    /// Time of registration.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl UserView {
    /// An account at an instant.
    pub fn new(account: &Account, now: Timestamp) -> Self {
        Self {
            id: account.id,
            email: account.email.as_ref().map(|email| email.as_str().to_owned()),
            email_verified: account.email_verified_at.is_some(),
            name: account.name.as_str().to_owned(),
            sign_in_methods: account.sign_in_methods(),
            roles: account.roles.clone(),
            plan: account.plan_at(now).as_str().to_owned(),
            status: account.status,
            mfa_enabled: account.mfa.is_on(),
            created_at: account.created_at,
        }
    }
}

/// Tokens of a session.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SessionTokens)]
pub struct Tokens {
    /// Access token (JWT). Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Refresh token, for one use. Treat it as a secret.
    refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Lifetime of the access token in seconds.
    expires_in: i64,
    /// Session ID.
    session_id: SessionId,
}

impl Tokens {
    /// Tokens of a session.
    pub fn issue(issuer: &Issuer, account: &Account, token: &RefreshToken, now: Timestamp) -> Result<Self, Problem> {
        Ok(Self {
            access_token: issuer.access_token(account, token.session_id, now).map_err(problem::secret)?,
            refresh_token: issuer.refresh_key().write(token),
            token_type: "Bearer",
            expires_in: ACCESS_LIFETIME.as_secs(),
            session_id: token.session_id,
        })
    }
}

/// Result of a sign-in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// The account.
    user: UserView,
    /// Tokens of the new session.
    tokens: Tokens,
}

impl SignedIn {
    /// The answer of a sign-in.
    pub fn new(issuer: &Issuer, account: &Account, token: &RefreshToken, now: Timestamp) -> Result<Self, Problem> {
        Ok(Self { user: UserView::new(account, now), tokens: Tokens::issue(issuer, account, token, now)? })
    }
}
