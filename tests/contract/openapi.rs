//! `docs/openapi.json` and `docs/endpoints.md`, generated from the handlers.

use std::fmt::Write;

use serde_json::{Value, json};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, Server};

use crate::{bless, contexts};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn description() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Atoll")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Five product backends on one core. Errors are problem details (RFC 9457): compare `code`, not `title`. \
             Lists are `{items, nextCursor}`; ids are UUIDs; times are RFC 3339 in UTC.",
        ))
        .license(Some(utoipa::openapi::License::new("Apache-2.0")))
        .build();
    let mut api = OpenApiBuilder::new().info(info).build();
    for part in contexts::apis() {
        api.merge(part);
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = api.components.get_or_insert_default();
    let key = ApiKey::Header(ApiKeyValue::new("X-Api-Key"));
    components.security_schemes.insert("apiKey".to_owned(), SecurityScheme::ApiKey(key).into());
    components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(bearer).into());
    // Relative to the description's own place, `/v1/openapi.json`, so that it is right behind any domain and prefix.
    api.servers = Some(vec![Server::new("..")]);
    api
}

/// The operations in a fixed order: path, then method.
fn operations(api: &Value) -> Vec<(String, String, &Value)> {
    let paths = api["paths"].as_object().unwrap();
    let mut found: Vec<_> = paths
        .iter()
        .flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| Some((path.clone(), method.to_uppercase(), item.get(*method)?)))
        })
        .collect();
    found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    found
}

#[test]
fn the_committed_description_is_the_code_s() {
    let api = serde_json::to_value(description()).unwrap();
    bless::check("docs/openapi.json", &(serde_json::to_string_pretty(&api).unwrap() + "\n"));

    let mut page = String::from(
        "# Endpoints\n\nGenerated from the handlers by `make bless`; the details are in `openapi.json` and on `GET /v1/docs`.\n\n\
         | endpoint | what it does | context | function | caller |\n|---|---|---|---|---|\n",
    );
    for (path, method, operation) in operations(&api) {
        let context = operation["tags"][0].as_str().unwrap();
        let id = operation["operationId"].as_str().unwrap();
        let caller = match operation.get("security") {
            None => "anybody",
            Some(ways) if ways.to_string().contains("apiKey") => "signed in, or an API key",
            Some(_) => "signed in",
        };
        let summary = operation["summary"].as_str().unwrap();
        let binary = format!("{context}-{}", id.replace('_', "-"));
        writeln!(page, "| `{method} {path}` | {summary} | {context} | `{binary}` | {caller} |").unwrap();
    }
    bless::check("docs/endpoints.md", &page);
}

#[test]
fn every_operation_tells_its_problems_and_documents_its_fields() {
    let api = serde_json::to_value(description()).unwrap();
    for (path, method, operation) in operations(&api) {
        let name = format!("{method} {path}");
        assert!(operation["summary"].is_string(), "{name} has no summary");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name} has no success");
        for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with('2')) {
            assert!(response["content"]["application/problem+json"].is_object(), "{name} {status} is no problem+json");
            assert!(response["description"].as_str().unwrap().starts_with('`'), "{name} {status} names no code");
        }
        if operation.get("security").is_some() {
            assert!(responses.contains_key("401"), "{name} is guarded and has no 401");
        }
    }
}

#[test]
fn the_check_fails_when_a_file_differs() {
    if std::env::var_os("BLESS").is_none() {
        let differs = std::panic::catch_unwind(|| bless::check("docs/openapi.json", &json!({}).to_string()));
        assert!(differs.is_err());
    }
}
