//! Which endpoints are lists, as the description of the API says.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{ALL, Kind};

/// Every `GET` that answers `items`, as `GET /v1/community/points`.
pub fn lists(api: &Value) -> BTreeSet<String> {
    let paths = api["paths"].as_object().expect("paths");
    let reads = paths.iter().filter_map(|(path, item)| Some((path, item.get("get")?)));
    let listed = reads.filter(|(_, read)| {
        let answer = &read["responses"]["200"]["content"]["application/json"]["schema"];
        has_items(api, answer)
    });
    listed.map(|(path, _)| format!("GET {path}")).collect()
}

fn has_items(api: &Value, schema: &Value) -> bool {
    if let Some(name) = schema["$ref"].as_str() {
        return api.pointer(name.trim_start_matches('#')).is_some_and(|schema| has_items(api, schema));
    }
    let parts = schema["allOf"].as_array();
    schema["properties"]["items"].is_object()
        || parts.is_some_and(|parts| parts.iter().any(|part| has_items(api, part)))
}

/// The endpoints that have a scene.
pub fn shown() -> BTreeSet<String> {
    let entries = ALL.iter().copied().flatten().filter(|entry| matches!(entry.kind, Kind::List | Kind::Search));
    entries.map(|entry| entry.endpoint().to_owned()).collect()
}
