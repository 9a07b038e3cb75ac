//! Request headers that change what a request means.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use lambda_http::http::{StatusCode, header};

use super::{Fields, Problem};
use crate::auth::IdKey;

/// The longest key, in characters.
const MAX_KEY_CHARS: usize = 128;

/// The `Idempotency-Key` header: a key that the client chooses per operation, so that a retry has no further effect.
///
/// It is extracted after the caller, whose key the id of the created resource depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    text: String,
    id_key: IdKey,
}

impl IdempotencyKey {
    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id of the resource to create: the same for the same caller, operation and key, and known to no one else.
    pub fn derive_id(&self, operation: &str, caller: &str) -> types::Uuid {
        self.id_key.derive_id(&[operation, caller, &self.text])
    }

    /// The problem of a key that belongs to another request.
    pub fn reused() -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "request.idempotency_key_reused", "Idempotency-Key reused")
            .with_detail(
                "The key was used with a different request, or what it created was deleted. Send a new Idempotency-Key.",
            )
    }

    fn read(parts: &Parts) -> Result<Option<Self>, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(None) };
        let text = value.to_str().unwrap_or_default();
        let fits = (1..=MAX_KEY_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut fields = Fields::of_parameters();
        let text =
            fits.then(|| text.to_owned()).ok_or(format!("must be 1 to {MAX_KEY_CHARS} visible ASCII characters"));
        let text = fields.check("Idempotency-Key", text);
        let (text,) = fields.all((text,))?;
        let id_key = parts.extensions.get::<IdKey>().copied();
        let id_key = id_key.ok_or_else(|| Problem::internal("an Idempotency-Key is extracted before its caller"))?;
        Ok(Some(Self { text, id_key }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::read(parts)?.ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "request.idempotency_key_missing", "Idempotency-Key header required")
                .with_detail(
                    "Send a unique key for this operation, for example a UUID, and the same key when you retry.",
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

/// The `If-Match` header: the version that the client has read, for example `"3"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(u64);

impl IfMatch {
    /// 412 unless the item still has the version that the client has read.
    pub fn check(self, version: u64) -> Result<(), Problem> {
        if self.0 == version {
            Ok(())
        } else {
            Err(Problem::new(StatusCode::PRECONDITION_FAILED, "request.version_changed", "Resource was modified")
                .with_detail(format!("The current ETag is \"{version}\". Read the resource again and retry.")))
        }
    }

    fn read(parts: &Parts) -> Result<Option<Self>, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(None) };
        let version =
            value.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"')).and_then(version_of);
        let mut fields = Fields::of_parameters();
        let tag =
            fields.check("If-Match", version.ok_or("must be one ETag that this resource returned, with its quotes"));
        fields.all((tag,)).map(|(version,)| Some(Self(version)))
    }
}

/// A version has one spelling: digits without sign and leading zero.
fn version_of(text: &str) -> Option<u64> {
    let version: u64 = text.parse().ok()?;
    (version.to_string() == text).then_some(version)
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::read(parts)?.ok_or_else(|| {
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "request.if_match_missing", "If-Match header required")
                .with_detail("Read the resource and send its ETag as If-Match.")
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        Self::read(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(text: &str) -> Option<IfMatch> {
        let request = axum::http::Request::builder().header(header::IF_MATCH, text).body(()).unwrap();
        IfMatch::read(&request.into_parts().0).ok().flatten()
    }

    #[test]
    fn an_etag_has_one_spelling() {
        assert_eq!(if_match("\"1\""), Some(IfMatch(1)));
        for bad in
            ["\"+1\"", "\"01\"", "1", "W/\"1\"", "*", "\"1\", \"2\"", "\"\"", "\" 1\"", "\"18446744073709551616\""]
        {
            assert_eq!(if_match(bad), None, "{bad}");
        }
    }
}
