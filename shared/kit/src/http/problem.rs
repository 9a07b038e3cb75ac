//! Problem details (RFC 9457): the body of every error response.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use dynamo::StoreError;
use lambda_http::http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::FieldError;
use crate::auth::Rejection;

/// An error response (RFC 9457).
// What the caller reads and what the log keeps are two texts in two fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// URI of the kind of problem: `urn:atoll:problem:<code>`.
    #[serde(rename = "type")]
    #[schema(example = "urn:atoll:problem:request.invalid")]
    kind: String,
    /// Short text for people, fixed for each code.
    #[schema(example = "Invalid request")]
    title: Cow<'static, str>,
    /// HTTP status code.
    #[schema(example = 422)]
    status: u16,
    /// Stable error code for program logic: `<context>.<problem>`.
    #[schema(example = "request.invalid")]
    code: Cow<'static, str>,
    /// What is wrong with this request, and what to do.
    #[schema(example = "device.name must be 1 to 64 characters")]
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Id of the request. Quote it when you report a problem.
    #[schema(example = "Zb1cXhVsjoEEJ9w=")]
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// The invalid fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after_seconds: Option<u64>,
    #[serde(skip)]
    allow: Option<String>,
    #[serde(skip)]
    internal: Option<String>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>) -> Self {
        let code = code.into();
        Self {
            kind: format!("urn:atoll:problem:{code}"),
            title: title.into(),
            status: status.as_u16(),
            code,
            detail: None,
            request_id: None,
            errors: Vec::new(),
            retry_after_seconds: None,
            allow: None,
            internal: None,
        }
    }

    /// 422: fields of the request are invalid.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail =
            errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect::<Vec<_>>().join("; ");
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "request.invalid", "Invalid request");
        problem.errors = errors;
        problem.with_detail(detail)
    }

    /// 400: the request cannot be parsed.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.unreadable", "Malformed request").with_detail(detail)
    }

    /// 404: the resource does not exist, or the caller may not know that it does.
    pub fn not_found(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, "Not found")
            .with_detail("No such resource, or the caller has no access to it. Check the path and its ids.")
    }

    /// 401: the request has no valid credentials.
    pub fn unauthenticated(rejection: Rejection) -> Self {
        let code = match rejection {
            Rejection::Missing | Rejection::NeitherTokenNorKey => "auth.token_missing",
            Rejection::Scheme | Rejection::Invalid => "auth.token_invalid",
            Rejection::Expired => "auth.token_expired",
        };
        Self::new(StatusCode::UNAUTHORIZED, code, "Authentication required").with_detail(rejection.to_string())
    }

    /// 403: the caller lacks a role or a scope.
    pub fn forbidden(authority: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "auth.forbidden", "Forbidden").with_detail(format!("requires {authority}"))
    }

    /// 503: a dependency is throttled or unavailable; the same request may succeed later.
    pub fn unavailable(internal: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "service.unavailable", "Service temporarily unavailable")
            .retry_after(1)
            .with_internal(internal)
    }

    /// 500: a defect or a misconfiguration. The text goes to the log, never to the caller.
    pub fn internal(internal: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "service.failed", "Internal server error")
            .with_internal(internal.to_string())
    }

    /// Adds what is wrong with this request.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a `Retry-After` header.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Adds an `Allow` header with the methods of the path, as 405 must have.
    #[must_use]
    pub fn allow(mut self, methods: impl Into<String>) -> Self {
        self.allow = Some(methods.into());
        self
    }

    /// Adds the text for the log.
    #[must_use]
    pub fn with_internal(mut self, internal: impl Into<String>) -> Self {
        self.internal = Some(internal.into());
        self
    }

    /// What is wrong with this request, and what to do.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        // It was made of a status.
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn log_text(&self) -> Option<&str> {
        self.internal.as_deref()
    }

    pub(crate) fn with_request_id(mut self, request_id: &str) -> Self {
        self.request_id = Some(request_id.to_owned());
        self
    }

    /// The bytes and headers of the answer.
    pub(crate) fn render(&self) -> Response {
        // A struct of strings and numbers always serialises.
        let body = serde_json::to_vec(self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(Ok(methods)) = self.allow.as_deref().map(HeaderValue::from_str) {
            headers.insert(header::ALLOW, methods);
        }
        response
    }
}

/// The problem travels beside the response until the endpoint's shell adds the request's id and logs the internal text.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled(_) | StoreError::Unavailable(_) | StoreError::Contended { .. } => {
                Self::unavailable(error.to_string())
            }
            StoreError::Corrupt { .. } | StoreError::Refused(_) => Self::internal(error),
        }
    }
}

impl From<dynamo::outbox::OutboxError> for Problem {
    fn from(error: dynamo::outbox::OutboxError) -> Self {
        Self::internal(error)
    }
}
