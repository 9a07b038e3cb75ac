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

/// Lists of the commerce pack, whose growth is not measured yet.
const NOT_MEASURED: [&str; 12] = [
    "GET /v1/commerce/admin/products",
    "GET /v1/commerce/admin/payments/unmatched",
    "GET /v1/commerce/admin/variants/{id}/prices",
    "GET /v1/commerce/categories",
    "GET /v1/commerce/categories/{slug}/products",
    "GET /v1/commerce/locations",
    "GET /v1/commerce/payment-methods",
    "GET /v1/commerce/orders/{id}/invoices",
    "GET /v1/commerce/orders/{id}/returns",
    "GET /v1/commerce/orders/{id}/shipments",
    "GET /v1/commerce/price-lists",
    "GET /v1/commerce/shipping-methods",
];

/// The lists that have a scene, and those of which it is known that they have none.
pub fn expected() -> BTreeSet<String> {
    let entries = ALL.into_iter().flatten().filter(|entry| matches!(entry.kind, Kind::List | Kind::Search));
    let mut known: BTreeSet<String> = entries.map(|entry| entry.endpoint().to_owned()).collect();
    for list in NOT_MEASURED {
        assert!(known.insert(list.to_owned()), "{list} is measured now");
    }
    known
}
