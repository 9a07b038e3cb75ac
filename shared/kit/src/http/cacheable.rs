//! Resources with a tag, which clients and caches may keep for a while.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use lambda_http::http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Json, Problem};

/// JSON with `ETag` and `Cache-Control`, 304 for a client that has it already, or 301 to another URL.
///
/// For resources that are the same for everybody, which shared caches keep too; and for those of one user ([`Self::of_user`]), which no
/// shared cache keeps and which the client validates at each request.
#[derive(Debug, Clone)]
pub struct Cacheable<T> {
    control: Control,
    content: Content<T>,
}

/// Who may keep a resource, and for how long.
#[derive(Debug, Clone, Copy)]
enum Control {
    Public { max_age_seconds: u32 },
    Private,
}

impl std::fmt::Display for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public { max_age_seconds } => write!(f, "public, max-age={max_age_seconds}"),
            Self::Private => f.write_str("private, no-cache"),
        }
    }
}

#[derive(Debug, Clone)]
enum Content<T> {
    Body { tag: String, body: T },
    NotModified { tag: String },
    Moved { location: String },
}

impl<T> Cacheable<T> {
    /// A resource in a version, which is its `ETag`.
    pub fn of_version(version: u64, max_age_seconds: u32, body: T) -> Self {
        let content = Content::Body { tag: format!("\"{version}\""), body };
        Self { control: Control::Public { max_age_seconds }, content }
    }

    /// A redirect to the resource's current URL.
    pub fn moved(location: impl Into<String>, max_age_seconds: u32) -> Self {
        let content = Content::Moved { location: location.into() };
        Self { control: Control::Public { max_age_seconds }, content }
    }

    /// The same, or 304 if the client has it already.
    #[must_use]
    pub fn unless_known(self, known: &IfNoneMatch) -> Self {
        let content = match self.content {
            Content::Body { tag, .. } if known.contains(&tag) => Content::NotModified { tag },
            content => content,
        };
        Self { content, ..self }
    }
}

impl<T: Serialize> Cacheable<T> {
    /// A resource without a version, such as a page of a list: its `ETag` is a hash of the body.
    pub fn of_content(max_age_seconds: u32, body: T) -> Result<Self, Problem> {
        Ok(Self { control: Control::Public { max_age_seconds }, content: Content::tagged(body)? })
    }

    /// A resource of the caller: its `ETag` is a hash of the body.
    pub fn of_user(body: T) -> Result<Self, Problem> {
        Ok(Self { control: Control::Private, content: Content::tagged(body)? })
    }
}

impl<T: Serialize> Content<T> {
    fn tagged(body: T) -> Result<Self, Problem> {
        let bytes = serde_json::to_vec(&body).map_err(Problem::internal)?;
        let hash = Sha256::digest(&bytes);
        Ok(Self::Body { tag: format!("\"{}\"", types::hex(&hash[..16])), body })
    }
}

impl<T: Serialize> IntoResponse for Cacheable<T> {
    fn into_response(self) -> Response {
        let (mut response, name, value) = match self.content {
            Content::Body { tag, body } => (Json(body).into_response(), header::ETAG, tag),
            Content::NotModified { tag } => (StatusCode::NOT_MODIFIED.into_response(), header::ETAG, tag),
            Content::Moved { location } => (StatusCode::MOVED_PERMANENTLY.into_response(), header::LOCATION, location),
        };
        for (name, value) in [(name, value), (header::CACHE_CONTROL, self.control.to_string())] {
            match HeaderValue::from_str(&value) {
                Ok(value) => response.headers_mut().insert(name, value),
                Err(error) => return Problem::internal(error).into_response(),
            };
        }
        response
    }
}

/// The `If-None-Match` header: the versions that the client has. Absent or malformed, it has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IfNoneMatch(String);

impl IfNoneMatch {
    /// True if the client has this version. Compares weakly (RFC 9110, section 13.1.2).
    pub fn contains(&self, tag: &str) -> bool {
        self.0.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let known = parts.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self(known.unwrap_or_default().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(known: &str) -> Response {
        let known = IfNoneMatch(known.to_owned());
        Cacheable::of_version(3, 60, "a").unless_known(&known).into_response()
    }

    #[test]
    fn a_client_that_has_the_version_gets_no_body() {
        for known in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*", " \"3\" ,"] {
            let response = answer(known);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(response.headers()["etag"], "\"3\"");
            assert_eq!(response.headers()["cache-control"], "public, max-age=60");
        }
        for other in ["", "3", "\"33\"", "\"4\"", "W/3", "\"3"] {
            assert_eq!(answer(other).status(), StatusCode::OK, "{other}");
        }
    }

    #[test]
    fn a_list_has_the_tag_of_its_content() {
        let tag =
            |body: &str| Cacheable::of_content(60, body.to_owned()).unwrap().into_response().headers()["etag"].clone();
        assert_eq!(tag("a"), tag("a"));
        assert_ne!(tag("a"), tag("b"));
    }

    #[test]
    fn a_resource_of_a_user_is_kept_by_no_shared_cache() {
        let response = Cacheable::of_user("a").unwrap().into_response();
        assert_eq!(response.headers()["cache-control"], "private, no-cache");
        let known = IfNoneMatch(response.headers()["etag"].to_str().unwrap().to_owned());
        let same = Cacheable::of_user("a").unwrap().unless_known(&known).into_response();
        assert_eq!(
            (same.status(), &same.headers()["cache-control"]),
            (StatusCode::NOT_MODIFIED, &response.headers()["cache-control"])
        );
        let other = Cacheable::of_user("b").unwrap().unless_known(&known).into_response();
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[test]
    fn a_moved_resource_names_its_location() {
        let response = Cacheable::<()>::moved("/v1/things/b", 60).into_response();
        assert_eq!(response.status(), StatusCode::MOVED_PERMANENTLY);
        assert_eq!(response.headers()["location"], "/v1/things/b");
        let forged = Cacheable::<()>::moved("/v1/\n", 60).into_response();
        assert_eq!(forged.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
