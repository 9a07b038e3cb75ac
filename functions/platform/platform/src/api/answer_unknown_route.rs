//! `$default` of every HTTP API: requests without a route get a problem that says what is close.

use std::sync::LazyLock;

use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use kit::http::Problem;

use crate::domain::routes::{Routes, Unknown};

/// Every route of the OpenAPI documents, written by the build.
static ROUTES: LazyLock<Routes> =
    LazyLock::new(|| Routes::parse(include_str!(concat!(env!("OUT_DIR"), "/routes.txt"))));

/// Answers a request that no route of the API matches: 404 with a hint, or 405 with `Allow` if the path exists. `OPTIONS`
/// gets the methods of the path; the gateway answers preflight requests of browsers itself.
pub async fn answer_unknown_route(method: Method, uri: Uri) -> Response {
    match ROUTES.explain(method.as_str(), uri.path()) {
        Unknown::Method(methods) if method == Method::OPTIONS => {
            (StatusCode::NO_CONTENT, [(header::ALLOW, methods.join(", "))]).into_response()
        }
        Unknown::Method(methods) => {
            let methods = methods.join(", ");
            let problem =
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, "request.method_not_allowed", "Method not allowed");
            problem.with_detail(format!("The path supports {methods}.")).allow(methods).into_response()
        }
        Unknown::Elsewhere { pack: Some(pack) } => no_such_route(format!(
            "This operation belongs to the pack {pack}, which has a base URL of its own or is not deployed. \
             GET /v1 of the core API lists the deployed packs."
        )),
        Unknown::Elsewhere { pack: None } => {
            no_such_route("This operation belongs to the core API, which has another base URL.".to_owned())
        }
        Unknown::Path { similar: Some((path, methods)) } => {
            no_such_route(format!("Did you mean {path} ({})?", methods.join(", ")))
        }
        Unknown::Path { similar: None } => {
            no_such_route("GET /v1 of the core API lists the deployed APIs, GET /v1/docs their operations.".to_owned())
        }
    }
}

fn no_such_route(hint: String) -> Response {
    let problem = Problem::new(StatusCode::NOT_FOUND, "request.no_such_route", "No such route");
    problem.with_detail(hint).into_response()
}
