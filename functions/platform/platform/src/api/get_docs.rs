//! `GET /v1/docs`: the API's description as a page to browse and try, in one file that needs no other host.

use std::io::Read;

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use kit::http::Problem;

/// Swagger UI with its scripts and styles inlined, compressed by the build.
const PAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/docs.html.gz"));

const HEADERS: [(&str, &str); 3] = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "public, max-age=300"),
    // The page runs what it brings and talks to its own host only.
    (
        "content-security-policy",
        "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:",
    ),
];

/// Browse the API's description
#[utoipa::path(
    get, path = "/v1/docs", operation_id = "get_docs", tag = "platform",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
pub async fn get_docs(headers: HeaderMap) -> Result<Response, Problem> {
    let accepts_gzip =
        headers.get("accept-encoding").and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("gzip"));
    if accepts_gzip {
        return Ok((HEADERS, [("content-encoding", "gzip")], PAGE).into_response());
    }
    let mut page = String::new();
    GzDecoder::new(PAGE).read_to_string(&mut page).map_err(Problem::internal)?;
    Ok((HEADERS, page).into_response())
}
