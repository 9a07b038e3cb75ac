//! Problem details (RFC 9457): the one way in which an endpoint says no.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use dynamo::StoreError;
use lambda_http::http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Rejection;

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field's path: `device.name`.
    pub field: String,
    /// What is wrong with it, as the rest of a sentence that starts with the field.
    pub message: String,
}

/// An answer that is not a success. What the caller may read and what the log keeps are two texts in two fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Identifies the kind of problem: `urn:atoll:problem:<code>`.
    #[serde(rename = "type")]
    #[schema(example = "urn:atoll:problem:identity.email_taken")]
    kind: String,
    /// A short text for people, the same for each problem of a kind.
    title: Cow<'static, str>,
    /// The HTTP status.
    status: u16,
    /// What programs compare: `<context>.<problem>`.
    code: Cow<'static, str>,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The request, as the logs know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after_seconds: Option<u64>,
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
            internal: None,
        }
    }

    /// Fields of the request are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail =
            errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect::<Vec<_>>().join("; ");
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "request.invalid", "The request is not valid");
        problem.errors = errors;
        problem.with_detail(detail)
    }

    /// The request cannot be read at all.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.unreadable", "The request cannot be read").with_detail(detail)
    }

    /// There is no such thing, or the caller may not know of it.
    pub fn not_found(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, "There is no such thing")
    }

    /// The caller is not known.
    pub fn unauthenticated(rejection: Rejection) -> Self {
        let code = match rejection {
            Rejection::Missing => "auth.token_missing",
            Rejection::Invalid => "auth.token_invalid",
            Rejection::Expired => "auth.token_expired",
        };
        Self::new(StatusCode::UNAUTHORIZED, code, "Sign in first").with_detail(rejection.to_string())
    }

    /// The caller is known, and may not.
    pub fn forbidden(authority: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "auth.forbidden", "You may not do this")
            .with_detail(format!("this needs {authority}"))
    }

    /// Others are first; the same request may succeed later.
    pub fn unavailable(internal: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "service.unavailable", "Try again in a moment")
            .retry_after(1)
            .with_internal(internal)
    }

    /// A mistake of ours. The text goes to the log, never to the caller.
    pub fn internal(internal: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "service.failed", "Something went wrong on our side")
            .with_internal(internal.to_string())
    }

    /// Adds what happened this time.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Adds what the log keeps.
    #[must_use]
    pub fn with_internal(mut self, internal: impl Into<String>) -> Self {
        self.internal = Some(internal.into());
        self
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
