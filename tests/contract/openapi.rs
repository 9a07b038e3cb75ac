//! `docs/openapi/*.json` and `docs/endpoints.md`, generated from the handlers, and what all operations have in common.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::documents::{Document, documents};
use crate::{bless, endpoints};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every document, and the same as JSON.
pub fn described() -> Vec<(Document, Value)> {
    let described = documents().into_iter().map(|document| {
        let api = document.json();
        (document, api)
    });
    described.collect()
}

/// The operations in a fixed order: path, then method.
pub fn operations(api: &Value) -> Vec<(String, String, &Value)> {
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
fn the_committed_documents_are_generated_from_the_code() {
    let described = described();
    for (document, api) in &described {
        bless::check(&document.path(), &(serde_json::to_string_pretty(api).unwrap() + "\n"));
    }
    let pages = described.iter().map(|(document, api)| (document.name.as_str(), api));
    bless::check("docs/endpoints.md", &endpoints::page(pages));
}

#[test]
fn every_file_belongs_to_a_document() {
    let names: Vec<_> = documents().into_iter().map(|document| document.name).collect();
    for file in std::fs::read_dir(tests::root().join("docs/openapi")).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(name == "conventions" || names.iter().any(|known| known == name), "no document for {}", file.display());
    }
}

#[test]
fn every_operation_documents_its_errors() {
    for (_, api) in described() {
        for (path, method, operation) in operations(&api) {
            let name = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{name} has no summary");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{name} has no success");
            assert!(responses.keys().any(|status| status.starts_with('4')), "{name} has no client error");
            // Redirects and 304 are no errors, and have no body.
            for (status, response) in responses.iter().filter(|(status, _)| status.starts_with('3')) {
                assert!(response["content"].is_null(), "{name} {status} has a body");
            }
            for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with(['2', '3'])) {
                let problem = &response["content"]["application/problem+json"];
                assert!(problem.is_object(), "{name} {status} is no problem+json");
                assert!(response["description"].as_str().unwrap().starts_with('`'), "{name} {status} names no code");
            }
            if !operation["security"].as_array().unwrap_or_else(|| panic!("{name} has no security")).is_empty() {
                assert!(responses.contains_key("401"), "{name} needs a caller and has no 401");
            }
        }
    }
}

/// Client generators name functions by operation IDs, and linters refuse the rest.
#[test]
fn every_operation_has_an_id_of_its_own_and_refers_to_what_is_described() {
    for (document, api) in described() {
        let mut ids = BTreeSet::new();
        for (path, method, operation) in operations(&api) {
            let name = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name} has no operationId"));
            let is_plain = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            assert!(is_plain, "{name}: {id} is not in snake_case");
            assert!(ids.insert(id), "two operations of {} have the id {id}", document.name);

            let listed = operation["parameters"].as_array().into_iter().flatten();
            let listed: Vec<_> =
                listed.map(|parameter| (parameter["in"].as_str(), parameter["name"].as_str())).collect();
            let distinct: BTreeSet<_> = listed.iter().collect();
            assert_eq!(distinct.len(), listed.len(), "{name} has a parameter twice");
            let of_path = listed.iter().filter(|(place, _)| *place == Some("path")).filter_map(|(_, name)| *name);
            let in_path = path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
            assert_eq!(of_path.collect::<BTreeSet<_>>(), in_path.collect::<BTreeSet<_>>(), "parameters of {name}");

            let required = operation["security"].as_array().into_iter().flatten();
            for scheme in required.flat_map(|schemes| schemes.as_object().unwrap().keys()) {
                let schemes = &api["components"]["securitySchemes"];
                assert!(schemes[scheme].is_object(), "{name} requires {scheme}, which is not described");
            }
        }
    }
}

#[test]
fn paths_are_those_of_the_document_s_pack() {
    let described = described();
    let packs: Vec<_> =
        described.iter().map(|(document, _)| document.prefix()).filter(|prefix| prefix != "/v1/").collect();
    for (document, api) in &described {
        for (path, ..) in operations(api) {
            assert!(path == "/v1" || path.starts_with(&document.prefix()), "{path} is not below {}", document.prefix());
            let foreign = packs.iter().find(|prefix| **prefix != document.prefix() && path.starts_with(*prefix));
            assert_eq!(foreign, None, "{path} of {} is below another pack's prefix", document.name);
        }
    }
}

#[test]
fn every_context_of_a_document_is_a_tag_with_a_description() {
    for (document, api) in described() {
        let tags = api["tags"].as_array().unwrap();
        let named: Vec<_> = tags.iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(named, document.contexts, "the tags of {}", document.name);
        for tag in tags {
            assert!(
                tag["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{} has no description",
                tag["name"]
            );
        }
    }
}

#[test]
fn schemas_of_one_name_are_the_same_in_all_documents() {
    let mut seen: BTreeMap<String, (String, Value)> = BTreeMap::new();
    for (document, api) in described() {
        for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
            let (first, known) = seen.entry(name.clone()).or_insert_with(|| (document.name.clone(), schema.clone()));
            assert_eq!(known, schema, "{first} and {} call different schemas {name}", document.name);
        }
    }
}

#[test]
fn operations_that_a_text_names_exist() {
    let described = described();
    let known: BTreeSet<_> = described
        .iter()
        .flat_map(|(_, api)| operations(api))
        .map(|(path, method, _)| format!("{method} {}", without_names(&path)))
        .collect();
    for (document, api) in &described {
        for named in named_operations(api) {
            assert!(known.contains(&named), "{} names {named}, which is no operation", document.name);
        }
    }
    let text = json!({ "description": "First `POST /v1/users/{userId}?a=b`, then `GET` it" });
    assert_eq!(named_operations(&text), ["POST /v1/users/{}"]);
}

/// The operations that texts name between backticks, without the names of parameters.
fn named_operations(part: &Value) -> Vec<String> {
    match part {
        Value::String(text) => text.split('`').skip(1).step_by(2).filter_map(operation_in).collect(),
        Value::Object(parts) => parts.values().flat_map(named_operations).collect(),
        Value::Array(parts) => parts.iter().flat_map(named_operations).collect(),
        _ => Vec::new(),
    }
}

fn operation_in(code: &str) -> Option<String> {
    let (method, rest) = code.split_once(' ')?;
    let is_method = METHODS.iter().any(|known| known.to_uppercase() == method);
    let path = rest.split([' ', '?']).next().filter(|path| is_method && path.starts_with("/v1"))?;
    Some(format!("{method} {}", without_names(path)))
}

/// A path whose parameters have no names.
fn without_names(path: &str) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The one schema that is not ours: OpenID Connect names its properties.
const FOREIGN: &str = "IssuerMetadata";

#[test]
fn property_names_have_no_underscore() {
    for (document, api) in described() {
        for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
            let found = underscored(schema);
            assert!(name == FOREIGN || found.is_empty(), "{name} of {} has {found:?}", document.name);
        }
    }
    let nested = json!({ "oneOf": [{ "properties": { "eventTypeId": {}, "event_type_id": {} } }] });
    assert_eq!(underscored(&nested), ["event_type_id"]);
}

/// The names of properties with an underscore, anywhere in a schema.
fn underscored(schema: &Value) -> Vec<String> {
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let mut found: Vec<_> = own.filter(|name| name.contains('_')).collect();
    match schema {
        Value::Object(parts) => found.extend(parts.values().flat_map(underscored)),
        Value::Array(parts) => found.extend(parts.iter().flat_map(underscored)),
        _ => {}
    }
    found
}

#[test]
fn the_check_fails_when_a_file_differs() {
    if std::env::var_os("BLESS").is_none() {
        let differs = std::panic::catch_unwind(|| bless::check("docs/openapi/core.json", &json!({}).to_string()));
        assert!(differs.is_err());
    }
}
