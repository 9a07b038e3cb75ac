//! Scenes of search: an index of a hundred products, and changes on top of it.

use std::cell::Cell;
use std::collections::BTreeMap;

use contracts::catalog::{ProductPublished, ProductSnapshot, VariantSnapshot};
use contracts::search::BuildRequested;
use serde_json::{Value, json};
use types::{ProductId, Role, Uuid, VariantId};

use crate::request::{Request, fact, sample};
use crate::stage::{Person, Stage};

/// Products in the index.
const PRODUCTS: u128 = 100;
/// Name of the collection.
const COLLECTION: &str = "products";

pub struct Scene {
    admin: Person,
    /// How often the synonyms were replaced.
    replaced: Cell<u64>,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let admin = stage.member(&[Role::Admin]).await.person;
        for number in 0..PRODUCTS {
            stage.hear("search-index-products", published(number)).await;
        }
        stage.hear("search-build-index", requested(1)).await;
        Self { admin, replaced: Cell::default() }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.admin).at("collection", COLLECTION);
        let event = match name {
            "search-build-index" => {
                let number = u128::from(stage.number());
                stage.hear("search-index-products", published(PRODUCTS + number)).await;
                fact(name, requested(u64::MAX))
            }
            "search-check-index" => sample(name),
            "search-get-search-report"
            | "search-get-synonyms"
            | "search-list-suggestions"
            | "search-search-collection" => ask().event(),
            "search-rebuild-index" => {
                stage.expire_counters().await;
                ask().event()
            }
            "search-index-products" => fact(name, published(PRODUCTS + u128::from(stage.number()))),
            "search-record-search-event" => {
                let search = Request::of("search-search-collection").at("collection", COLLECTION);
                let found = stage.call(search.query("offset", stage.number() % 90).query("limit", 1)).await;
                let document = &found["hits"][0]["id"];
                let body = json!({ "searchId": found["searchId"], "kind": "click", "documentId": document });
                // Each from an address of its own, since an address sends few a minute.
                let mut event = Request::of(name).body(&body).event();
                let number = stage.number();
                event["requestContext"]["http"]["sourceIp"] =
                    format!("198.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255).into();
                event
            }
            "search-set-synonyms" => {
                let replaced = self.replaced.replace(self.replaced.get() + 1);
                ask().header("if-match", &format!("\"{replaced}\"")).event()
            }
            _ => return None,
        };
        Some(event)
    }
}

fn requested(sequence: u64) -> BuildRequested {
    BuildRequested { collection: COLLECTION.to_owned(), sequence }
}

/// A product with one variant.
fn published(number: u128) -> ProductPublished {
    let variant = VariantSnapshot {
        variant_id: VariantId::new(Uuid::from_u128(number << 32)),
        sku: format!("SKU-{number}"),
        barcode: None,
        weight_grams: None,
        choices: BTreeMap::from([("Color".to_owned(), "red".to_owned())]),
        tax_class: None,
        components: Vec::new(),
    };
    let product = ProductSnapshot {
        slug: format!("shoe-{number}"),
        title: format!("Red shoe number {number}"),
        description: Some("Made of wool, for long walks in the rain.".to_owned()),
        attributes: BTreeMap::from([("Material".to_owned(), "wool".to_owned())]),
        categories: vec!["shoes".to_owned()],
        variants: vec![variant],
        media: Vec::new(),
    };
    ProductPublished { product_id: ProductId::new(Uuid::from_u128(number)), revision: 1, product }
}
