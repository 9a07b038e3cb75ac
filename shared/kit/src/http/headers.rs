//! Request headers that change what a request means.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use lambda_http::http::{StatusCode, header};

use super::{Fields, Problem};

/// The longest key, in characters.
const MAX_KEY_CHARS: usize = 128;

/// The client's name for one attempt at one thing (`Idempotency-Key`): the same key again gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of what this attempt creates: the same for the same caller, operation and key.
    pub fn derive_id(&self, operation: &str, caller: &str) -> types::Uuid {
        types::derive_id(&[operation, caller, &self.0])
    }

    fn read(parts: &Parts) -> Result<Option<Self>, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(None) };
        let text = value.to_str().unwrap_or_default();
        let fits = (1..=MAX_KEY_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut fields = Fields::new();
        let key =
            fits.then(|| Self(text.to_owned())).ok_or(format!("must be 1 to {MAX_KEY_CHARS} visible ASCII characters"));
        let key = fields.check("Idempotency-Key", key);
        fields.all((key,)).map(|(key,)| Some(key))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::read(parts)?.ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "request.idempotency_key_missing",
                "This request needs an Idempotency-Key",
            )
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        Self::read(parts)
    }
}

/// The version that the client has seen (`If-Match: "3"`), where a lost update would hurt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(u64);

impl IfMatch {
    /// An error unless the item is still in the version that the client has seen.
    pub fn check(self, version: u64) -> Result<(), Problem> {
        if self.0 == version {
            Ok(())
        } else {
            Err(Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "request.version_changed",
                "It has changed since you read it",
            )
            .with_detail(format!("its ETag is now \"{version}\"")))
        }
    }

    fn read(parts: &Parts) -> Result<Option<Self>, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(None) };
        let version =
            value.to_str().ok().and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        let mut fields = Fields::new();
        let tag = fields.check("If-Match", version.ok_or("must be an ETag that this resource gave"));
        fields.all((tag,)).map(|(version,)| Some(Self(version)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::read(parts)?.ok_or_else(|| {
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "request.if_match_missing", "This request needs If-Match")
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        Self::read(parts)
    }
}
