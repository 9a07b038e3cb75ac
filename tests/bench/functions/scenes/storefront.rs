//! Scenes of the storefront: a product with a price in a category, and its page.

use std::collections::BTreeMap;

use contracts::catalog::{
    CategoryChanged, PriceChanged, PriceListChanged, PriceTier, ProductPublished, ProductSnapshot, VariantChanged,
    VariantSnapshot,
};
use contracts::orders::{OrderFacts, OrderPlaced, SoldUnits};
use jiff::Timestamp;
use serde_json::Value;
use types::{CurrencyCode, OrderId, ProductId, Role, VariantId};

use crate::request::{Request, fact, sample};
use crate::stage::{Person, Stage};

const PAGES: &str = "storefront-build-catalog-pages";

pub struct Scene {
    manager: Person,
    shoe: Good,
    order: OrderId,
}

/// A product with one variant.
#[derive(Clone, Copy)]
struct Good {
    product: ProductId,
    variant: VariantId,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let manager = stage.member(&[Role::Manager]).await.person;
        stage.hear(PAGES, category()).await;
        stage.hear(PAGES, price_list()).await;
        let scene = Self { manager, shoe: Good::published(stage, "shoe").await, order: OrderId::generate() };
        stage.hear("storefront-build-order-pages", scene.placed(scene.order)).await;
        stage.invoke("storefront-build-home", &sample("storefront-build-home")).await;
        scene
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name);
        Some(match name {
            // A product of its own for each: of two prices in a batch, the older one may come later and change nothing.
            "storefront-build-catalog-pages" => fact(name, Good::published(stage, &stage.fresh("shoe")).await.price(2)),
            "storefront-build-order-pages" => fact(name, self.placed(OrderId::generate())),
            "storefront-build-home" => sample(name),
            "storefront-get-backoffice-order" => ask().by(&self.manager).at("id", self.order).event(),
            "storefront-get-dashboard" => ask().by(&self.manager).event(),
            "storefront-get-web-home" | "storefront-get-mobile-home" => ask().event(),
            "storefront-get-web-product" | "storefront-get-mobile-product" => ask().at("slug", "shoe").event(),
            "storefront-get-web-category" | "storefront-get-mobile-category" => ask().at("slug", "shoes").event(),
            _ => return None,
        })
    }

    fn placed(&self, order_id: OrderId) -> OrderPlaced {
        let Good { product: product_id, variant: variant_id } = self.shoe;
        OrderPlaced {
            order: OrderFacts {
                order_id,
                number: "7ZK2M0QX9D".to_owned(),
                user_id: None,
                currency: eur(),
                total_minor: 2_500,
                placed_at: Timestamp::now(),
            },
            lines: vec![SoldUnits { line: 0, variant_id, product_id, quantity: 1, gross_minor: 2_500 }],
        }
    }
}

impl Good {
    /// A new product with a price, and its page under this slug.
    async fn published(stage: &Stage, slug: &str) -> Self {
        let good = Self { product: ProductId::generate(), variant: VariantId::generate() };
        let (product_id, variant) = (good.product, Some(good.sold()));
        stage.hear(PAGES, VariantChanged { variant_id: good.variant, product_id, revision: 1, variant }).await;
        stage.hear(PAGES, good.price(1)).await;
        stage.hear(PAGES, good.facts(slug)).await;
        good
    }

    fn sold(self) -> VariantSnapshot {
        VariantSnapshot {
            variant_id: self.variant,
            sku: "SHOE-1".to_owned(),
            barcode: None,
            weight_grams: None,
            choices: BTreeMap::new(),
            tax_class: None,
            components: Vec::new(),
        }
    }

    fn facts(self, slug: &str) -> ProductPublished {
        let product = ProductSnapshot {
            slug: slug.to_owned(),
            title: "Shoe".to_owned(),
            description: Some("Made of wool.".to_owned()),
            attributes: BTreeMap::new(),
            categories: vec!["shoes".to_owned()],
            variants: vec![self.sold()],
            media: Vec::new(),
        };
        ProductPublished { product_id: self.product, revision: 2, product }
    }

    fn price(self, revision: u64) -> PriceChanged {
        let amount_minor = i64::try_from(revision).expect("a small number");
        PriceChanged {
            variant_id: self.variant,
            sku: "SHOE-1".to_owned(),
            price_list: "eur".to_owned(),
            currency: eur(),
            tiers: Some(vec![PriceTier { min_quantity: 1, amount_minor }]),
            revision,
        }
    }
}

fn category() -> CategoryChanged {
    let (slug, title) = ("shoes".to_owned(), "Shoes".to_owned());
    CategoryChanged { slug, title, parent: None, position: 0, removed: false, revision: 1 }
}

fn price_list() -> PriceListChanged {
    PriceListChanged {
        price_list: "eur".to_owned(),
        title: "Euro".to_owned(),
        currency: eur(),
        region: None,
        customer_group: None,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_until: None,
        revision: 1,
    }
}

fn eur() -> CurrencyCode {
    CurrencyCode::parse("EUR").expect("a currency")
}
