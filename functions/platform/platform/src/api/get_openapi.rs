//! `GET /v1/openapi.json`: the description of the whole API, as the contract tests generated it from the handlers.

use axum::response::IntoResponse;
use kit::{ConfigError, Environment};

/// The description, committed and checked by a test.
const OPENAPI: &str = include_str!("../../../../../docs/openapi/core.json");

/// Nothing: the description is part of the binary.
pub struct Ctx;

impl Ctx {
    /// Reads nothing.
    pub async fn from_env(_env: &mut Environment) -> Result<Self, ConfigError> {
        Ok(Self)
    }
}

/// Read the API's description
///
/// OpenAPI 3.1.
#[utoipa::path(
    get, path = "/v1/openapi.json", operation_id = "get_openapi", tag = "platform",
    responses((status = 200, description = "The description", body = Object))
)]
pub async fn get_openapi() -> impl IntoResponse {
    ([("content-type", "application/json"), ("cache-control", "public, max-age=60")], OPENAPI)
}
