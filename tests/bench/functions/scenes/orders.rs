//! Scenes of orders: a variant that is stocked at two locations.

use std::collections::BTreeMap;

use contracts::catalog::{
    PriceChanged, PriceListChanged, PriceTier, ProductPublished, ProductSnapshot, VariantSnapshot,
};
use contracts::identity::UserDeleted;
use serde_json::{Value, json};
use types::{CurrencyCode, LocationId, ProductId, Role, VariantId};

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

pub struct Scene {
    pub(super) manager: Person,
    pub(super) locations: [LocationId; 2],
    pub(super) variant: VariantId,
    /// A user with a cart.
    buyer: Person,
    cart: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let manager = stage.member(&[Role::Manager]).await.person;
        let (buyer, variant) = (stage.member(&[]).await.person, VariantId::generate());
        stage.hear("orders-keep-variants", published(variant)).await;
        stage.hear("orders-keep-prices", price_list(1)).await;
        stage.hear("orders-keep-prices", price(variant, 1)).await;
        let made = stage.call(Request::of("orders-create-cart").by(&buyer)).await;
        let cart = made["cart"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        let locations = [LocationId::generate(), LocationId::generate()];
        let scene = Self { manager, locations, variant, buyer, cart };
        stage.call(scene.of_cart("orders-set-cart-line").at("variantId", variant)).await;
        stage.call(Request::of("orders-set-promotion").by(&scene.manager)).await;
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
            "orders-create-cart" => Request::of(name).event(),
            "orders-get-cart" => self.of_cart(name).event(),
            "orders-set-cart-details" => {
                let email = format!("{}@example.com", stage.fresh("ann"));
                self.of_cart(name).with("email", email).event()
            }
            "orders-add-cart-code" | "orders-remove-cart-code" => {
                stage.expire_counters().await;
                if name == "orders-remove-cart-code" {
                    stage.call(self.of_cart("orders-add-cart-code")).await;
                }
                self.of_cart(name).event()
            }
            "orders-set-cart-line" => {
                let number: u32 = stage.fresh("")[1..].parse().expect("a number");
                let quantity = number % 1_000 + 2;
                self.of_cart(name).at("variantId", self.variant).with("quantity", quantity).event()
            }
            "orders-merge-cart" => self.merge(stage).await,
            "orders-set-promotion" => {
                let codes = [format!("C{}", types::Uuid::now_v7().simple())[..30].to_owned()];
                ask().at("id", types::Uuid::now_v7()).with("codes", codes).event()
            }
            "orders-get-promotion"
            | "orders-list-promotions"
            | "orders-get-region-settings"
            | "orders-get-shipping-settings"
            | "orders-get-tax-settings"
            | "orders-list-locations"
            | "orders-list-stock" => ask().event(),
            "orders-set-region-settings" | "orders-set-shipping-settings" | "orders-set-tax-settings" => {
                self.settings(stage, name).await
            }
            "orders-set-customer-group" | "orders-get-customer-group" => {
                ask().at("userId", types::UserId::generate()).event()
            }
            "orders-keep-prices" => fact(name, price(VariantId::generate(), 1)),
            "orders-forget-user" => {
                let user = stage.member(&[]).await.person;
                stage.call(Request::of("orders-create-cart").by(&user)).await;
                fact(name, UserDeleted { user_id: user.id })
            }
            "orders-keep-variants" => fact(name, published(VariantId::generate())),
            "orders-list-shipping-methods" => {
                self.open(stage).await;
                ask().event()
            }
            "orders-list-movements" => self.stock(name, self.variant, first).event(),
            "orders-set-location" => ask().at("id", first).with("name", stage.fresh("Warehouse")).event(),
            "orders-set-stock" => {
                let variant = VariantId::generate();
                stage.hear("orders-keep-variants", published(variant)).await;
                self.stock(name, variant, first).event()
            }
            _ => {
                return match Box::pin(self.fulfilment(stage, name)).await {
                    None => Box::pin(self.checkout(stage, name)).await,
                    event => event,
                };
            }
        };
        Some(event)
    }

    /// Settings that differ from those before.
    async fn settings(&self, stage: &Stage, name: &str) -> Value {
        let number = stage.number() % 1_000;
        let (kind, field, value) = match name {
            "orders-set-region-settings" => {
                let country = if number.is_multiple_of(2) { "FR" } else { "IT" };
                ("region", "regions", json!([{ "code": "eu", "countries": ["DE", country] }]))
            }
            "orders-set-shipping-settings" => {
                let tier =
                    json!({ "upToGrams": 5_000 + number, "prices": [{ "amountMinor": 490, "currency": "EUR" }] });
                let method = json!({
                    "code": "parcel", "name": "Parcel", "countries": ["DE"], "taxClass": "standard", "tiers": [tier],
                });
                ("shipping", "methods", json!([method]))
            }
            _ => {
                let rate = json!({ "taxClass": "standard", "country": "DE", "rate": 190_000 + number });
                ("tax", "rates", json!([rate]))
            }
        };
        let tag = self.tag(stage, kind).await;
        Request::of(name).by(&self.manager).header("if-match", &tag).with(field, value).event()
    }

    /// The `ETag` of settings.
    pub(super) async fn tag(&self, stage: &Stage, kind: &str) -> String {
        let get = format!("orders-get-{kind}-settings");
        let response = stage.invoke(&get, &Request::of(&get).by(&self.manager).event()).await;
        response["headers"]["etag"].as_str().unwrap_or_else(|| panic!("{response}")).to_owned()
    }

    fn of_cart(&self, name: &str) -> Request {
        Request::of(name).by(&self.buyer).at("id", &self.cart)
    }

    /// A new guest's cart, to be taken over.
    async fn merge(&self, stage: &Stage) -> Value {
        let made = stage.call(Request::of("orders-create-cart")).await;
        let (id, key) = (made["cart"]["id"].as_str().expect("an id"), made["guestKey"].as_str().expect("a key"));
        Request::of("orders-merge-cart").by(&self.buyer).at("id", id).header("guest-key", key).event()
    }

    pub(super) fn stock(&self, name: &str, variant: VariantId, location: LocationId) -> Request {
        Request::of(name).by(&self.manager).at("variantId", variant).at("locationId", location)
    }

    fn adjustment(&self, location: LocationId, quantity: i64) -> Request {
        self.stock("orders-adjust-stock", self.variant, location).with("quantity", quantity).keyed()
    }
}

/// A price list in euros.
fn price_list(revision: u64) -> PriceListChanged {
    PriceListChanged {
        price_list: "eur".to_owned(),
        title: "Euro".to_owned(),
        currency: CurrencyCode::parse("EUR").expect("a currency"),
        region: None,
        customer_group: None,
        valid_from: "2026-01-01T00:00:00Z".parse().expect("a time"),
        valid_until: None,
        revision,
    }
}

/// A price in this list.
pub(super) fn price(variant_id: VariantId, revision: u64) -> PriceChanged {
    PriceChanged {
        variant_id,
        sku: "SHOE".to_owned(),
        price_list: "eur".to_owned(),
        currency: CurrencyCode::parse("EUR").expect("a currency"),
        tiers: Some(vec![PriceTier { min_quantity: 1, amount_minor: 1_250 }]),
        revision,
    }
}

/// A product with one variant became visible.
pub(super) fn published(variant_id: VariantId) -> ProductPublished {
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
