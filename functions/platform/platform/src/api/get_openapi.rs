//! `GET /v1/openapi.json`: the OpenAPI document of the core API, as the contract tests generated it from the handlers.

use kit::http::Document;

/// The committed document.
const OPENAPI: Document = Document(include_str!("../../../../../docs/openapi/core.json"));

/// Get the OpenAPI document
///
/// Returns the OpenAPI 3.1 document of the core API. Each pack serves its own at `/v1/<pack>/openapi.json`.
#[utoipa::path(
    get, path = "/v1/openapi.json", operation_id = "get_openapi", tag = "platform",
    responses((status = 200, description = "The document", body = Object))
)]
pub async fn get_openapi() -> Document {
    OPENAPI
}
