//! What rows make of products.

use serde_json::{Value, json};

use super::*;
use crate::domain::rows::json;

fn row(row: Value) -> ProductRow {
    let Value::Object(fields) = row else { panic!("{row}") };
    json::parse(fields).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

const ID: ProductId = ProductId::new(Uuid::nil());

fn change(before: Option<&Product>, value: Value) -> Result<Option<Product>, RowRefusal> {
    applied(before, (ID, Uuid::max()), &row(value), None, at(5))
}

fn shoe() -> Product {
    let value = json!({
        "slug": "shoe", "title": "Shoe", "status": "published", "description": "Wool.",
        "options": [{ "name": "Size", "values": ["S", "M"] }],
        "variants": [{ "sku": "S", "choices": { "Size": "S" } }, { "sku": "M", "choices": { "Size": "M" }, "weightGrams": 7 }],
    });
    change(None, value).unwrap().unwrap()
}

#[test]
fn what_a_row_does_not_name_stays() {
    let shoe = shoe();
    let next = change(Some(&shoe), json!({ "slug": "shoe", "variants": [{ "sku": "M", "barcode": "96385074" }] }));
    let next = next.unwrap().unwrap();
    assert_eq!((&next.details, next.variants.len(), next.status), (&shoe.details, 2, Status::Published));
    let changed = &next.variant(&Sku::parse("M").unwrap()).unwrap().details;
    assert_eq!((changed.weight_grams, changed.barcode.is_some(), changed.choices.len()), (Some(7), true, 1));
    let removed = json!({ "slug": "shoe", "description": null, "variants": [{ "sku": "M", "weightGrams": null }] });
    let next = change(Some(&next), removed).unwrap().unwrap();
    assert_eq!((next.details.description, next.variants[1].details.weight_grams), (None, None));
    assert_eq!(change(Some(&shoe), json!({ "slug": "shoe" })), Ok(None));
}

#[test]
fn options_and_all_variants_can_change_together() {
    let value = json!({
        "slug": "shoe", "options": [{ "name": "Fit", "values": ["a", "b"] }],
        "variants": [{ "sku": "S", "choices": { "Fit": "a" } }, { "sku": "M", "choices": { "Fit": "b" } }],
    });
    assert!(change(Some(&shoe()), value).unwrap().is_some());
    // Two variants exchange their choices.
    let value = json!({
        "slug": "shoe", "variants": [{ "sku": "S", "choices": { "Size": "M" } }, { "sku": "M", "choices": { "Size": "S" } }],
    });
    assert!(change(Some(&shoe()), value).unwrap().is_some());
}

#[test]
fn rows_keep_the_rules_of_products() {
    let shoe = shoe();
    let sku = |sku: &str| Sku::parse(sku).unwrap();
    for (value, wanted) in [
        (json!({ "slug": "x" }), None),
        (json!({ "slug": "shoe", "status": "draft" }), Some(RowRefusal::BackToDraft)),
        (
            json!({ "slug": "shoe", "variants": [{ "sku": "L", "choices": { "Size": "M" } }] }),
            Some(RowRefusal::Variant(0, ProductError::SameChoices(sku("M")))),
        ),
    ] {
        assert_eq!(change(Some(&shoe), value).err(), wanted);
    }
    let unfit = change(Some(&shoe), json!({ "slug": "shoe", "options": [] })).unwrap_err();
    assert!(matches!(unfit, RowRefusal::Product(ProductError::OptionsInUse(..))));
    let unfit = change(Some(&shoe), json!({ "slug": "shoe", "variants": [{ "sku": "L" }] })).unwrap_err();
    assert!(matches!(unfit, RowRefusal::Variant(0, ProductError::Choices(_))));
    assert_eq!(change(None, json!({ "slug": "x" })), Err(RowRefusal::TitleMissing));
    let empty = change(None, json!({ "slug": "x", "title": "X", "status": "published" }));
    assert_eq!(empty, Err(RowRefusal::Product(ProductError::NoVariants)));
}

fn names(before: Option<&Product>, next: &Product) -> Vec<&'static str> {
    let mut names = Vec::new();
    let added: Result<(), ()> = facts(before, next, 3, |fact| {
        names.push(match fact {
            Fact::Published(_) => "published",
            Fact::Changed(_) => "changed",
            Fact::Archived(_) => "archived",
            Fact::Variant(_) => "variant",
        });
        Ok(())
    });
    added.unwrap();
    names
}

#[test]
fn a_change_publishes_what_the_endpoints_would() {
    let shoe = shoe();
    assert_eq!(names(None, &shoe), ["published", "variant", "variant"]);
    let heavier = change(Some(&shoe), json!({ "slug": "shoe", "variants": [{ "sku": "M", "weightGrams": 8 }] }));
    assert_eq!(names(Some(&shoe), &heavier.unwrap().unwrap()), ["changed", "variant"]);
    let archived = change(Some(&shoe), json!({ "slug": "shoe", "status": "archived" })).unwrap().unwrap();
    assert_eq!(names(Some(&shoe), &archived), ["archived"]);
    let draft = change(None, json!({ "slug": "x", "title": "X", "variants": [{ "sku": "A" }] })).unwrap().unwrap();
    assert_eq!(names(None, &draft), ["variant"]);
    assert!(was_created_by(&draft, Uuid::max()) && !was_created_by(&draft, Uuid::nil()));
}
