//! `docs/endpoints.md`: every operation in one line, generated from the documents.

use std::fmt::Write;

use serde_json::Value;

use crate::openapi::operations;

/// The page, with a table for each document.
pub fn page<'a>(documents: impl IntoIterator<Item = (&'a str, &'a Value)>) -> String {
    let mut page = String::from(
        "# Endpoints\n\nGenerated from the handlers by `make bless`. Details are in the documents and on `GET /v1/docs`.\n",
    );
    for (name, api) in documents {
        let title = api["info"]["title"].as_str().unwrap();
        write!(page, "\n## {title}\n\nDocument: [openapi/{name}.json](openapi/{name}.json)\n\n").unwrap();
        page += "| endpoint | what it does | function | caller |\n|---|---|---|---|\n";
        for (path, method, operation) in operations(api) {
            let context = operation["tags"][0].as_str().unwrap();
            let binary = format!("{context}-{}", operation["operationId"].as_str().unwrap().replace('_', "-"));
            let summary = operation["summary"].as_str().unwrap();
            let caller = caller(operation);
            writeln!(page, "| `{method} {path}` | {summary} | `{binary}` | {caller} |").unwrap();
        }
    }
    page
}

/// Who may call an operation.
fn caller(operation: &Value) -> &'static str {
    let ways = operation["security"].as_array().unwrap();
    if ways.contains(&serde_json::json!({})) {
        return "anyone";
    }
    let accepts = |scheme| ways.iter().any(|way| way.get(scheme).is_some());
    if accepts("guestKey") {
        return "signed-in users, guests";
    }
    match (accepts("bearer"), accepts("apiKey"), is_restricted(operation)) {
        (false, false, _) => "anyone",
        (true, false, false) => "signed-in users",
        (true, false, true) => "admins",
        (true, true, true) => "admins, API keys",
        (true, true, false) => "signed-in users, API keys",
        (false, true, _) => "API keys",
    }
}

/// Whether a role or a scope is needed: only such operations refuse a known caller with `auth.forbidden`.
fn is_restricted(operation: &Value) -> bool {
    operation["responses"]["403"]["description"].as_str().is_some_and(|text| text.contains("`auth.forbidden`"))
}

#[test]
fn callers_are_those_whom_the_operation_accepts() {
    let operation = |security: Value, forbidden: &str| serde_json::json!({ "security": security, "responses": { "403": { "description": forbidden } } });
    let (bearer, both) =
        (serde_json::json!([{ "bearer": [] }]), serde_json::json!([{ "bearer": [] }, { "apiKey": [] }]));
    assert_eq!(caller(&operation(serde_json::json!([]), "")), "anyone");
    assert_eq!(caller(&operation(serde_json::json!([{}, { "bearer": [] }]), "")), "anyone");
    assert_eq!(caller(&operation(bearer.clone(), "`orders.not_yours`")), "signed-in users");
    assert_eq!(caller(&operation(bearer, "`auth.forbidden`: requires the role admin")), "admins");
    assert_eq!(caller(&operation(both, "`auth.forbidden`")), "admins, API keys");
}
