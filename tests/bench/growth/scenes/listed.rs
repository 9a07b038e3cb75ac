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

/// Lists that cannot grow: the insights of the shop, reports of a user (20), their runs of a week, devices (10) and sensors (40) of an
/// aquarium with their latest values, recommendations, which come from memory, and plans (50).
const BOUNDED: [&str; 14] = [
    "GET /v1/analytics/insights",
    "GET /v1/analytics/reports",
    "GET /v1/analytics/reports/{id}/runs",
    "GET /v1/aquarium/aquariums/{id}/alarm-rules",
    "GET /v1/aquarium/aquariums/{id}/derived",
    "GET /v1/aquarium/aquariums/{id}/devices",
    "GET /v1/aquarium/aquariums/{id}/dose-plans",
    "GET /v1/aquarium/aquariums/{id}/dose-plans/{planId}/doses",
    "GET /v1/aquarium/aquariums/{id}/latest",
    "GET /v1/aquarium/aquariums/{id}/sensors",
    "GET /v1/aquarium/aquariums/{id}/tasks",
    "GET /v1/aquarium/tasks/due",
    "GET /v1/commerce/recommendations",
    "GET /v1/plans",
];

/// The lists that have a scene, and those that cannot grow.
pub fn expected() -> BTreeSet<String> {
    let entries = ALL.iter().copied().flatten().filter(|entry| matches!(entry.kind, Kind::List | Kind::Search));
    let mut known: BTreeSet<String> = entries.map(|entry| entry.endpoint().to_owned()).collect();
    for list in BOUNDED {
        assert!(known.insert(list.to_owned()), "{list} has a scene");
    }
    known
}
