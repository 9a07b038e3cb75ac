//! `GET /v1/aquarium/openapi.json`: the OpenAPI document of the pack, as the contract tests generated it from the handlers.

use kit::http::Document;

/// The committed document.
const OPENAPI: Document = Document(include_str!("../../../../../docs/openapi/aquarium.json"));

/// Get the OpenAPI document
///
/// Returns the OpenAPI 3.1 document of the aquarium API. `GET /v1` of the core API lists the documents of all packs.
#[utoipa::path(
    get, path = "/v1/aquarium/openapi.json", operation_id = "get_openapi", tag = "aquarium",
    responses((status = 200, description = "The document", body = Object))
)]
pub async fn get_openapi() -> Document {
    OPENAPI
}
