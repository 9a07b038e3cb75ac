//! Replies beside plain JSON.

use axum::response::{IntoResponse, Response};
use lambda_http::http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::{Json, Problem};

/// 201 with the URL of the created resource.
#[derive(Debug, Clone)]
pub struct Created<T> {
    location: String,
    body: T,
}

impl<T> Created<T> {
    /// The resource was created at `location`.
    pub fn at(location: impl Into<String>, body: T) -> Self {
        Self { location: location.into(), body }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        located(StatusCode::CREATED, &self.location, self.body)
    }
}

/// 202 with the URL at which the client follows the work.
#[derive(Debug, Clone)]
pub struct Accepted<T> {
    location: String,
    body: T,
}

impl<T> Accepted<T> {
    /// The work can be followed at `location`.
    pub fn at(location: impl Into<String>, body: T) -> Self {
        Self { location: location.into(), body }
    }
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        located(StatusCode::ACCEPTED, &self.location, self.body)
    }
}

fn located(status: StatusCode, location: &str, body: impl Serialize) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return Problem::internal("the location is no header value").into_response();
    };
    let mut response = Json(body).into_response();
    *response.status_mut() = status;
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// A JSON document that is part of the binary, such as an OpenAPI document. Clients may cache it for a minute.
#[derive(Debug, Clone, Copy)]
pub struct Document(pub &'static str);

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")];
        (headers, self.0).into_response()
    }
}

/// 204 without a body.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// JSON with an `ETag`: the item's version, which `If-Match` compares.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    version: u64,
    body: T,
}

impl<T> Tagged<T> {
    /// The body in this version.
    pub fn new(version: u64, body: T) -> Self {
        Self { version, body }
    }
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}
