//! The claims of an access token (RFC 7519, and `scope` of RFC 8693).

use serde::{Deserialize, Serialize};
use types::{Role, SessionId, UserId};

use super::IdKey;

/// What an access token says. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made the token.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// The user.
    pub sub: UserId,
    /// The session that it belongs to.
    pub sid: SessionId,
    /// The key of the user from which the ids of created resources are derived.
    pub idk: IdKey,
    /// The roles that the user had when it was made.
    pub roles: Vec<Role>,
    /// Scopes, separated by spaces; empty for people, whose roles decide.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// Before when it is not valid, in seconds since 1970.
    pub nbf: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// The token's own id.
    pub jti: types::Uuid,
}
