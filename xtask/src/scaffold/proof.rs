//! The text of the end-to-end test that a new endpoint passes as generated.

use super::draft::fill;
use super::handler::{Handler, Kind};

const CASE: &str = include_str!("texts/endpoint_test.rs.txt");

/// The test's file.
pub fn proof(handler: &Handler<'_>) -> String {
    let (has_body, has_path) = (handler.route.has_body(), !handler.route.parameters.is_empty());
    let imports = [
        (has_body || handler.kind() == Kind::List, "use serde_json::json;\n"),
        (true, "use tests::Cloud;\n"),
        (has_path, "use types::Uuid;\n"),
    ];
    let imports: String = imports.into_iter().filter(|(wanted, _)| *wanted).map(|(_, line)| line).collect();
    let cases: Vec<_> = cases(handler).into_iter().map(|one| one.text(handler)).collect();
    format!("//! `{}`\n\n{imports}\n{}", handler.route.key(), cases.join("\n"))
}

/// One test.
struct Case {
    name: &'static str,
    body: &'static str,
    proof: String,
}

fn cases(handler: &Handler<'_>) -> Vec<Case> {
    let (name, proof) = match handler.kind() {
        Kind::Find => {
            ("what_is_not_there_is_not_found", format!("reply.expect_problem(404, \"{}\");", handler.refusal().2))
        }
        Kind::List => (
            "the_list_is_empty",
            "assert_eq!(reply.expect(200), json!({ \"items\": [], \"nextCursor\": null }));".to_owned(),
        ),
        Kind::Accept => (
            "what_was_understood_is_answered",
            "assert_eq!(reply.expect(200), json!({ \"name\": \"Harbour\" }));".to_owned(),
        ),
    };
    if !handler.route.has_body() {
        return vec![Case { name, body: "", proof }];
    }
    let strict = Case {
        name: "what_the_server_decides_is_not_read_from_the_body",
        body: ".json(&json!({ \"name\": \"Harbour\", \"owner\": \"me\" }))",
        proof: "reply.expect_problem(422, \"request.invalid\");\n    assert_eq!(reply.body[\"errors\"][0][\"field\"], \"owner\");"
            .to_owned(),
    };
    vec![Case { name, body: ".json(&json!({ \"name\": \"Harbour\" }))", proof }, strict]
}

impl Case {
    fn text(&self, handler: &Handler<'_>) -> String {
        let (path, reference) = path(handler);
        let bearer = if handler.public { "" } else { ".bearer(&user.access_token)" };
        let call = format!("cloud.call(\"{}\", {reference}){bearer}{}", handler.route.method, self.body);
        let user = if handler.public { "" } else { "    let user = cloud.sign_up().await;\n" };
        let values = [("name", self.name), ("user", user), ("path", &path), ("call", &call), ("proof", &self.proof)];
        fill(CASE, &values)
    }
}

/// The line that makes the path, and how a call names it.
fn path(handler: &Handler<'_>) -> (String, &'static str) {
    let ids = vec!["Uuid::now_v7()"; handler.route.parameters.len()].join(", ");
    if ids.is_empty() {
        return (format!("let path = \"{}\";", handler.route.path), "path");
    }
    (format!("let path = format!(\"{}\", {ids});", handler.route.path_with("{}")), "&path")
}
