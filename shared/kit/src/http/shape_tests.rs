//! Bodies against schemas.

use serde_json::{Value, json};
use utoipa::ToSchema;

use super::*;

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only the schema matters")]
struct Order {
    #[schema(min_length = 1, max_length = 5)]
    name: String,
    #[schema(format = Uuid, value_type = String)]
    id: String,
    count: Option<i32>,
    #[schema(value_type = String, format = DateTime)]
    at: String,
    lines: Vec<Line>,
    #[schema(required = false)]
    funding: Funding,
    tags: std::collections::BTreeMap<String, String>,
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    #[schema(format = Email)]
    email: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only the schema matters")]
struct Line {
    #[schema(minimum = 1, maximum = 9)]
    amount: i64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[serde(tag = "kind")]
#[expect(dead_code, reason = "only the schema matters")]
enum Funding {
    Balance,
    Card { method: String },
}

fn order() -> Value {
    json!({
        "name": "a", "id": "019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d", "count": 2.0, "at": "2026-11-29T10:00:00Z",
        "lines": [{ "amount": 1 }], "funding": { "kind": "card", "method": "m" }, "tags": { "any": "text" },
    })
}

/// The errors of an order in which some properties are replaced.
fn errors(changes: &Value) -> Vec<(String, Rule)> {
    let mut value = order();
    value.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let mut errors = Vec::new();
    Shape::of::<Order>().check(&mut value, &mut errors);
    errors.into_iter().map(|error| (error.pointer.unwrap(), error.rule)).collect()
}

#[test]
fn a_body_that_fits_has_no_errors_and_whole_numbers_become_integers() {
    assert_eq!(errors(&json!({})), []);
    let mut value = order();
    Shape::of::<Order>().check(&mut value, &mut Vec::new());
    assert_eq!(value["count"], json!(2));
    assert_eq!(errors(&json!({ "count": null })), []);
}

#[test]
fn all_errors_are_listed_at_once() {
    let mut value = json!({ "name": "", "id": 7, "lines": [{ "amount": 0, "x": 1 }, {}], "role": "admin", "tags": {}, "email": "ann", "currency": "E" });
    let mut found = Vec::new();
    Shape::of::<Order>().check(&mut value, &mut found);
    let mut found: Vec<_> = found.iter().map(|error| (error.pointer.clone().unwrap(), error.rule)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("/at", Rule::Required),
        ("/currency", Rule::Format),
        ("/email", Rule::Format),
        ("/id", Rule::Type),
        ("/lines/0/amount", Rule::Range),
        ("/lines/0/x", Rule::Unknown),
        ("/lines/1/amount", Rule::Required),
        ("/name", Rule::Length),
        ("/role", Rule::Unknown),
    ];
    assert_eq!(found, expected.map(|(pointer, rule)| (pointer.to_owned(), rule)));
}

#[test]
fn an_array_is_never_an_object() {
    let mut found = Vec::new();
    Shape::of::<Order>().check(&mut json!(["a", "b"]), &mut found);
    assert_eq!((found[0].field.as_str(), found[0].message.as_str()), ("body", "must be an object"));
    assert_eq!(errors(&json!({ "lines": [[1]] })), [("/lines/0".to_owned(), Rule::Type)]);
    assert_eq!(errors(&json!({ "funding": ["balance"] })), [("/funding".to_owned(), Rule::Type)]);
    assert_eq!(errors(&json!({ "tags": [["any", "text"]] })), [("/tags".to_owned(), Rule::Type)]);
}

#[test]
fn a_tag_selects_the_form_and_each_form_has_its_own_properties() {
    let with = |funding: Value| errors(&json!({ "funding": funding }));
    assert_eq!(with(json!({ "kind": "balance" })), []);
    assert_eq!(with(json!({ "kind": "balance", "method": "m" })), [("/funding/method".to_owned(), Rule::Unknown)]);
    assert_eq!(with(json!({ "kind": "card" })), [("/funding/method".to_owned(), Rule::Required)]);
    assert_eq!(with(json!({ "kind": "cash" })), [("/funding/kind".to_owned(), Rule::Enum)]);
    assert_eq!(with(json!({ "kind": 7 })), [("/funding/kind".to_owned(), Rule::Enum)]);
    assert_eq!(with(json!({})), [("/funding/kind".to_owned(), Rule::Required)]);
}

#[test]
fn formats_and_null_are_strict() {
    for (id, rule) in [
        ("{019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d}", Rule::Invalid),
        ("019A0C6E-5B10-7AA1-8C1D-6E5F4A3B2C1D", Rule::Invalid),
        ("7", Rule::Format),
        ("", Rule::Format),
    ] {
        assert_eq!(errors(&json!({ "id": id })), [("/id".to_owned(), rule)], "{id}");
    }
    assert_eq!(errors(&json!({ "at": "2026-11-29T00Z" })), [("/at".to_owned(), Rule::Invalid)]);
    assert_eq!(errors(&json!({ "at": "tomorrow" })), [("/at".to_owned(), Rule::Format)]);
    assert_eq!(errors(&json!({ "at": "9999-12-31T23:59:59Z" })), [("/at".to_owned(), Rule::Range)]);
    assert_eq!(errors(&json!({ "currency": "EUR", "email": "ann@example.com" })), []);
    assert_eq!(errors(&json!({ "currency": "eur" })), [("/currency".to_owned(), Rule::Format)]);
    assert_eq!(errors(&json!({ "email": "ann" })), [("/email".to_owned(), Rule::Format)]);
    assert_eq!(errors(&json!({ "name": null })), [("/name".to_owned(), Rule::Type)]);
    assert_eq!(errors(&json!({ "count": 2.5 })), [("/count".to_owned(), Rule::Type)]);
    assert_eq!(errors(&json!({ "count": 3_000_000_000_u64 })), [("/count".to_owned(), Rule::Range)]);
}
