//! Every text and every number of a request has a limit in its schema: clients validate with it, and generated requests of
//! tests stay within it.

use serde_json::{Map, Value, json};

use crate::described::{resolve, schemas};
use crate::openapi::{described, operations};

/// Why no limit is stated for `If-None-Match` (RFC 9110, section 13.1.2).
const IGNORED: &str = "a header that names no version is ignored";

/// Values without a limit of their own, and why.
const UNBOUNDED: [(&str, &str); 26] = [
    ("send_notification.data.*", "texts of templates, which are limited together: 20 texts, 16 KiB"),
    ("receive_payment_webhook", "an event of a payment provider, which is not checked but for its signature"),
    ("receive_payment_notice", "an event of Stripe, which is not checked but for its signature"),
    ("receive_payment_notice Stripe-Signature", "a header of Stripe, whose length it does not state"),
    ("get_calendar If-None-Match", IGNORED),
    ("get_category If-None-Match", IGNORED),
    ("get_guide If-None-Match", IGNORED),
    ("get_home If-None-Match", IGNORED),
    ("list_guides If-None-Match", IGNORED),
    ("list_plans If-None-Match", IGNORED),
    ("get_product If-None-Match", IGNORED),
    ("get_species If-None-Match", IGNORED),
    ("list_species If-None-Match", IGNORED),
    ("get_variant_price If-None-Match", IGNORED),
    ("list_categories If-None-Match", IGNORED),
    ("list_category_products If-None-Match", IGNORED),
    ("list_shipping_methods If-None-Match", IGNORED),
    ("search_collection If-None-Match", IGNORED),
    ("list_suggestions If-None-Match", IGNORED),
    ("get_mobile_category If-None-Match", IGNORED),
    ("get_mobile_home If-None-Match", IGNORED),
    ("get_mobile_product If-None-Match", IGNORED),
    ("list_recommendations If-None-Match", IGNORED),
    ("get_web_category If-None-Match", IGNORED),
    ("get_web_home If-None-Match", IGNORED),
    ("get_web_product If-None-Match", IGNORED),
];

/// Formats that leave no room for long texts.
const BOUNDED_FORMATS: [&str; 5] = ["uuid", "date-time", "date", "email", "uri"];

/// The values without a limit in a schema, by their paths.
fn unbounded(schema: &Value, known: &Map<String, Value>, at: &str, inside: &[&Value], found: &mut Vec<String>) {
    let schema = resolve(schema, known);
    if inside.iter().any(|outer| std::ptr::eq(*outer, schema)) {
        return;
    }
    let inside = [inside, &[schema]].concat();
    for part in ["oneOf", "anyOf", "allOf"].iter().filter_map(|name| schema[*name].as_array()).flatten() {
        unbounded(part, known, at, &inside, found);
    }
    let is = |name: &str| match &schema["type"] {
        Value::String(one) => one == name,
        Value::Array(all) => all.iter().any(|one| one == name),
        _ => false,
    };
    let has = |name: &str| !schema[name].is_null();
    let has_format = schema["format"].as_str().is_some_and(|format| BOUNDED_FORMATS.contains(&format));
    let is_bounded_text = has_format || ["maxLength", "enum", "const", "pattern"].into_iter().any(has);
    let is_bounded_number = has("enum") || has("const") || has("minimum") && has("maximum");
    if is("string") && !is_bounded_text || (is("integer") || is("number")) && !is_bounded_number {
        found.push(at.to_owned());
    }
    unbounded_inside(schema, known, at, &inside, found);
}

fn unbounded_inside(schema: &Value, known: &Map<String, Value>, at: &str, inside: &[&Value], found: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        unbounded(property, known, &format!("{at}.{name}"), inside, found);
    }
    for (part, suffix) in [("additionalProperties", ".*"), ("items", "[]")] {
        if schema[part].is_object() {
            unbounded(&schema[part], known, &format!("{at}{suffix}"), inside, found);
        }
    }
}

/// The values without a limit in all requests of a document.
fn unbounded_in(api: &Value) -> Vec<String> {
    let (known, mut found) = (schemas(api), Vec::new());
    for (_, _, operation) in operations(api) {
        let name = operation["operationId"].as_str().unwrap();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let at = format!("{name} {}", parameter["name"].as_str().unwrap());
            unbounded(&parameter["schema"], known, &at, &[], &mut found);
        }
        for content in operation["requestBody"]["content"].as_object().into_iter().flat_map(|all| all.values()) {
            unbounded(&content["schema"], known, name, &[], &mut found);
        }
    }
    found
}

#[test]
fn every_text_and_number_of_a_request_has_a_limit() {
    let mut found: Vec<_> = described().iter().flat_map(|(_, api)| unbounded_in(api)).collect();
    let reasons = UNBOUNDED.map(|(place, _)| place);
    let unused: Vec<_> = reasons.iter().filter(|place| !found.iter().any(|one| one == *place)).collect();
    assert!(unused.is_empty(), "these have limits now: {unused:?}");
    found.retain(|place| !reasons.contains(&place.as_str()));
    assert!(
        found.is_empty(),
        "add maxLength, pattern, enum or format to texts, minimum and maximum to numbers, as the code enforces them: {}",
        found.join(", ")
    );
}

/// `kit` checks patterns; one that it cannot read would accept everything.
#[test]
fn every_pattern_can_be_read() {
    fn patterns<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(parts) => {
                found.extend(parts.get("pattern").and_then(Value::as_str));
                parts.values().for_each(|part| patterns(part, found));
            }
            Value::Array(parts) => parts.iter().for_each(|part| patterns(part, found)),
            _ => {}
        }
    }
    let documents = described();
    let mut found = Vec::new();
    for (_, api) in &documents {
        patterns(api, &mut found);
    }
    assert!(found.len() > 10, "{found:?}");
    for pattern in found {
        assert!(
            regex_lite::Regex::new(pattern).is_ok(),
            "{pattern} is not a regular expression of the crate regex-lite"
        );
    }
}

#[test]
fn a_value_without_a_limit_is_found_wherever_it_is() {
    let text = json!({ "type": "string" });
    let api = json!({
        "components": { "schemas": {
            "Tree": { "type": "object", "properties": { "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } }, "name": text } },
        } },
        "paths": { "/a": { "post": {
            "operationId": "make",
            "parameters": [{ "name": "limit", "schema": { "type": "integer", "minimum": 1 } }],
            "requestBody": { "content": { "application/json": { "schema": { "oneOf": [
                { "type": "null" },
                { "$ref": "#/components/schemas/Tree" },
                { "type": "object", "additionalProperties": { "type": ["string", "null"], "maxLength": 3 } },
                { "type": "object", "additionalProperties": { "type": "string", "format": "password" } },
            ] } } } },
        } } },
    });
    assert_eq!(unbounded_in(&api), ["make limit", "make.name", "make.*"]);
}
