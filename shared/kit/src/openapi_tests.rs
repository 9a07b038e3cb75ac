use serde_json::{Value, json};
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{HttpMethod, Paths};

use super::*;

/// The responses of an operation after the conventions were applied.
fn responses(operation: OperationBuilder) -> Value {
    let mut paths = Paths::new();
    paths.add_path_operation("/v1/things", vec![HttpMethod::Post], operation);
    let mut api = OpenApi::new(utoipa::openapi::Info::new("test", "1"), paths);
    Conventions.modify(&mut api);
    serde_json::to_value(&api).unwrap()["paths"]["/v1/things"]["post"]["responses"].take()
}

fn json_body() -> RequestBody {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("CreateThing"))).build();
    RequestBodyBuilder::new().content("application/json", content).build()
}

fn text(responses: &Value, status: &str) -> String {
    responses[status]["description"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_operation_without_caller_body_and_parameters_has_the_errors_of_the_service_only() {
    let responses = responses(OperationBuilder::new());
    let statuses: Vec<_> = responses.as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["500", "503"]);
}

#[test]
fn errors_follow_from_security_body_and_parameters() {
    let body = json_body();
    let parameters = [idempotency_key(Required::True), if_match(Required::True)];
    let operation = OperationBuilder::new()
        .securities(Some([
            SecurityRequirement::new("bearer", ["admin"]),
            SecurityRequirement::new("apiKey", ["users:read"]),
        ]))
        .request_body(Some(body))
        .parameters(Some(parameters));
    let responses = responses(operation);
    let expected = [
        ("400", "request.unreadable"),
        ("400", "request.idempotency_key_missing"),
        ("401", "auth.token_missing"),
        ("401", "auth.token_invalid"),
        ("401", "auth.token_expired"),
        ("401", "auth.key_invalid"),
        ("401", "auth.key_expired"),
        ("403", "`auth.forbidden`: requires an API key with scope `users:read` or role `admin`"),
        ("412", "request.version_changed"),
        ("413", "request.too_large"),
        ("415", "request.not_json"),
        ("422", "request.invalid"),
        ("428", "request.if_match_missing"),
    ];
    for (status, code) in expected {
        assert!(text(&responses, status).contains(code), "{status} does not name {code}: {responses}");
    }
}

#[test]
fn a_body_that_the_handler_reads_itself_has_no_errors_of_json() {
    let content = ContentBuilder::new().schema(Some(text_schema())).build();
    let body = RequestBodyBuilder::new().content("application/json", content).build();
    let responses = responses(OperationBuilder::new().request_body(Some(body)));
    assert_eq!(responses.as_object().unwrap().keys().collect::<Vec<_>>(), ["500", "503"]);
}

#[test]
fn an_error_of_the_handler_keeps_its_code_beside_the_shared_one() {
    let body = json_body();
    let own = Response::new("`things.key_reused`: use a new key");
    let responses = responses(OperationBuilder::new().request_body(Some(body)).response("422", own));
    let text = text(&responses, "422");
    assert!(text.starts_with("`things.key_reused`: use a new key; `request.invalid`"), "{text}");
}

#[test]
fn every_error_is_a_problem_document_and_a_success_is_none() {
    let operation =
        OperationBuilder::new().response("200", Response::new("fine")).response("429", Response::new("`a.b`"));
    let responses = responses(operation);
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    for status in ["429", "500", "503"] {
        assert_eq!(responses[status]["content"][PROBLEM_JSON]["schema"], problem, "{status}");
    }
    assert_eq!(responses["429"]["headers"]["Retry-After"]["schema"]["type"], "integer");
    assert_eq!(responses["200"].get("content"), None);
}

#[test]
fn operations_that_change_something_or_need_a_role_check_standing() {
    let described = |method, roles: &[&str], text: &str| {
        let operation = OperationBuilder::new()
            .securities(Some([SecurityRequirement::new("bearer", roles.to_vec())]))
            .description(Some(text));
        let mut paths = Paths::new();
        paths.add_path_operation("/v1/things", vec![method], operation);
        let mut api = OpenApi::new(utoipa::openapi::Info::new("test", "1"), paths);
        Conventions.modify(&mut api);
        let text = serde_json::to_string(&api).unwrap();
        assert_eq!(text.contains("`auth.session_ended`"), text.contains("`auth.suspended`"));
        text.contains("`auth.session_ended`")
    };
    assert!(described(HttpMethod::Post, &[], "Creates a thing."));
    assert!(described(HttpMethod::Delete, &["admin"], "Deletes a thing."));
    assert!(described(HttpMethod::Get, &["admin"], "Lists things."));
    assert!(!described(HttpMethod::Get, &[], "Lists things."));
    assert!(!described(HttpMethod::Post, &[], "Ends it. Relies on the access token: it ends nothing else."));
}
