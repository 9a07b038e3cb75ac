//! `GET /v1/docs`: Swagger UI for the OpenAPI documents of all deployed APIs, in one file that needs no other host.

use std::collections::BTreeSet;
use std::io::Read;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use kit::http::Problem;

use crate::deployment::Deployment;

/// Swagger UI with its scripts and styles inlined, compressed by the build.
const PAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/docs.html.gz"));

/// The hashes of its scripts and styles.
const INLINE_SOURCES: &str = include_str!(concat!(env!("OUT_DIR"), "/docs.csp"));

const HEADERS: [(&str, &str); 3] = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "public, max-age=60"),
    // The page is compressed for those who accept that, and a cache must not give it to others.
    ("vary", "accept-encoding"),
];

/// Get the documentation page
///
/// Returns an HTML page to browse the OpenAPI documents of the deployed APIs and to try their operations.
/// `?document=<pack>` selects a document. The page stores no credentials. The deployment's parameter `DocsPage` turns
/// it off.
#[utoipa::path(
    get, path = "/v1/docs", operation_id = "get_docs", tag = "platform",
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 404, description = "`platform.docs_disabled`: this deployment does not serve the page"),
    )
)]
pub async fn get_docs(State(deployment): State<&'static Deployment>, headers: HeaderMap) -> Result<Response, Problem> {
    if !deployment.serves_docs() {
        return Err(Problem::not_found("platform.docs_disabled"));
    }
    let policy = [("content-security-policy", policy(deployment).await)];
    let accepts_gzip =
        headers.get("accept-encoding").and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("gzip"));
    if accepts_gzip {
        return Ok((HEADERS, policy, [("content-encoding", "gzip")], PAGE).into_response());
    }
    let mut page = String::new();
    GzDecoder::new(PAGE).read_to_string(&mut page).map_err(Problem::internal)?;
    Ok((HEADERS, policy, page).into_response())
}

/// The page runs what it brings, and talks to the deployed APIs only.
async fn policy(deployment: &Deployment) -> String {
    let packs = deployment.packs().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the page reaches the core API only");
        Vec::new()
    });
    let hosts: BTreeSet<_> = packs.into_iter().chain([deployment.core()]).map(|api| api.base_url).collect();
    let hosts = hosts.into_iter().collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'none'; connect-src 'self' {hosts}; {INLINE_SOURCES}; img-src 'self' data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    )
}

#[cfg(test)]
mod tests {
    use kit::Environment;

    use super::*;

    async fn deployment(docs_page: &'static str) -> &'static Deployment {
        let mut env = Environment::new(move |name| match name {
            "AUTH_ISSUER" => Some("https://api.test/v1".to_owned()),
            "PACKS_PATH" => Some("/atoll/test/packs".to_owned()),
            "DOCS_PAGE" => Some(docs_page.to_owned()),
            _ => None,
        });
        Box::leak(Box::new(Deployment::from_env(&mut env).await.unwrap()))
    }

    #[tokio::test]
    async fn a_deployment_without_the_page_answers_404() {
        let refused = get_docs(State(deployment("off").await), HeaderMap::new()).await.unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.code()), (404, "platform.docs_disabled"));
        for value in ["on", ""] {
            assert!(deployment(value).await.serves_docs(), "{value:?}");
        }
    }
}
