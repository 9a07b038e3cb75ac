//! Scenes of orders: a variant that is stocked at two locations.

use std::collections::BTreeMap;

use contracts::catalog::{ProductPublished, ProductSnapshot, VariantSnapshot};
use serde_json::Value;
use types::{LocationId, ProductId, Role, VariantId};

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

pub struct Scene {
    manager: Person,
    locations: [LocationId; 2],
    variant: VariantId,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let manager = stage.member(&[Role::Manager]).await.person;
        let scene = Self {
            manager,
            locations: [LocationId::generate(), LocationId::generate()],
            variant: VariantId::generate(),
        };
        stage.hear("orders-keep-variants", published(scene.variant)).await;
        for location in scene.locations {
            stage.call(Request::of("orders-set-location").by(&scene.manager).at("id", location)).await;
            stage.call(scene.stock("orders-set-stock", scene.variant, location)).await;
            stage.call(scene.adjustment(location, 1_000_000)).await;
        }
        scene
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.manager);
        let [first, _] = self.locations;
        let event = match name {
            "orders-adjust-stock" => self.adjustment(first, -1).event(),
            "orders-get-stock" => ask().at("variantId", self.variant).event(),
            "orders-keep-variants" => fact(name, published(VariantId::generate())),
            "orders-list-locations" => ask().event(),
            "orders-get-shipping-settings" | "orders-get-tax-settings" | "orders-list-shipping-methods" => {
                ask().event()
            }
            "orders-list-movements" => self.stock(name, self.variant, first).event(),
            "orders-set-location" => ask().at("id", first).with("name", stage.fresh("Warehouse")).event(),
            "orders-set-shipping-settings" => ask().header("if-match", &self.tag(stage, "shipping").await).event(),
            "orders-set-tax-settings" => ask().header("if-match", &self.tag(stage, "tax").await).event(),
            "orders-set-stock" => {
                let variant = VariantId::generate();
                stage.hear("orders-keep-variants", published(variant)).await;
                self.stock(name, variant, first).event()
            }
            _ => return None,
        };
        Some(event)
    }

    /// The `ETag` of settings.
    async fn tag(&self, stage: &Stage, kind: &str) -> String {
        let get = format!("orders-get-{kind}-settings");
        let response = stage.invoke(&get, &Request::of(&get).by(&self.manager).event()).await;
        response["headers"]["etag"].as_str().unwrap_or_else(|| panic!("{response}")).to_owned()
    }

    fn stock(&self, name: &str, variant: VariantId, location: LocationId) -> Request {
        Request::of(name).by(&self.manager).at("variantId", variant).at("locationId", location)
    }

    fn adjustment(&self, location: LocationId, quantity: i64) -> Request {
        self.stock("orders-adjust-stock", self.variant, location).with("quantity", quantity).keyed()
    }
}

/// A product with one variant became visible.
fn published(variant_id: VariantId) -> ProductPublished {
    let variant = VariantSnapshot {
        variant_id,
        sku: "SHOE".to_owned(),
        barcode: None,
        weight_grams: Some(500),
        choices: BTreeMap::new(),
        tax_class: None,
        components: Vec::new(),
    };
    let product = ProductSnapshot {
        slug: "shoe".to_owned(),
        title: "Shoe".to_owned(),
        description: None,
        categories: Vec::new(),
        attributes: BTreeMap::new(),
        variants: vec![variant],
        media: Vec::new(),
    };
    ProductPublished { product_id: ProductId::generate(), revision: 1, product }
}
