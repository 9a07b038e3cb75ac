//! Scenes of the catalog: a category, and in it a published product with ten variants, one of which has a price.

use contracts::catalog::{CatalogExportRequested, VariantChanged};
use contracts::identity::UserDeleted;
use contracts::media::MediaPublished;
use serde_json::{Value, json};
use types::{MediaId, Role};

use crate::harness::services::BUCKET;
use crate::request::{Request, fact, message, sample};
use crate::stage::{Person, Stage};

/// The category of all products.
const CATEGORY: &str = "shoes";

/// The list of all prices.
const PRICE_LIST: &str = "eur";

pub struct Scene {
    manager: Person,
    product: String,
    sku: String,
    variant: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let manager = stage.member(&[Role::Manager]).await.person;
        category(stage, &manager, CATEGORY).await;
        let product = product(stage, &manager, 10).await;
        let shown = stage.call(Request::of("catalog-get-product").at("id", &product)).await;
        let text = |name: &str| shown["variants"][0][name].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned();
        let (sku, variant) = (text("sku"), text("id"));
        stage.call(Request::of("catalog-set-price-list").by(&manager).at("code", PRICE_LIST)).await;
        let set = Request::of("catalog-set-prices").by(&manager).at("code", PRICE_LIST);
        stage.call(set.body(&prices(&product, &sku, 1_000_000))).await;
        Self { manager, product, sku, variant }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.manager);
        let about = || ask().at("id", &self.product);
        let event = match name {
            "catalog-archive-product" => ask().at("id", product(stage, &self.manager, 1).await).event(),
            "catalog-delete-category" => {
                let slug = stage.fresh("category");
                category(stage, &self.manager, &slug).await;
                ask().at("slug", slug).event()
            }
            "catalog-get-category" | "catalog-list-category-products" => ask().at("slug", CATEGORY).event(),
            "catalog-set-category" => ask().at("slug", stage.fresh("category")).event(),
            "catalog-create-product" => ask().with("slug", stage.fresh("shoe")).event(),
            "catalog-delete-variant" => {
                let sku = stage.fresh("SKU");
                let product = product(stage, &self.manager, 1).await;
                variant(stage, &self.manager, &product, &sku, 1).await;
                ask().at("id", product).at("sku", sku).event()
            }
            "catalog-follow-components" => fact(name, self.component(stage).await),
            "catalog-forget-user" => {
                let leaver = stage.person();
                stage.hear("catalog-keep-copies", picture(&leaver)).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "catalog-keep-copies" => fact(name, picture(&self.manager)),
            "catalog-get-admin-product" | "catalog-get-product" => about().event(),
            "catalog-list-admin-products" | "catalog-list-categories" | "catalog-list-price-lists" => ask().event(),
            "catalog-get-variant-price" | "catalog-list-variant-prices" => ask().at("id", &self.variant).event(),
            "catalog-set-price-list" => ask().at("code", PRICE_LIST).with("title", stage.fresh("Sale")).event(),
            "catalog-set-prices" => {
                let amount = stage.number();
                ask().at("code", PRICE_LIST).body(&prices(&self.product, &self.sku, amount)).event()
            }
            "catalog-publish-product" => {
                let product = product(stage, &self.manager, 1).await;
                stage.call(Request::of("catalog-archive-product").by(&self.manager).at("id", &product)).await;
                ask().at("id", product).event()
            }
            "catalog-set-product-slug" => about().with("slug", stage.fresh("shoe")).event(),
            "catalog-set-variant" => {
                let product = product(stage, &self.manager, 1).await;
                let choices = json!({ "Size": "1" });
                ask().at("id", product).at("sku", stage.fresh("SKU")).with("choices", choices).event()
            }
            "catalog-update-product" => about().with("title", stage.fresh("Shoe")).event(),
            // One import and one export of a user can run at a time.
            "catalog-create-import" | "catalog-create-catalog-export" => {
                let other = stage.member(&[Role::Manager]).await.person;
                Request::of(name).by(&other).keyed().event()
            }
            "catalog-get-import" | "catalog-run-import" => {
                let other = stage.member(&[Role::Manager]).await.person;
                let request = Request::of("catalog-create-import").by(&other).keyed().with("format", "json_lines");
                let id = stage.made(request).await;
                match name {
                    "catalog-get-import" => Request::of(name).by(&other).at("id", id).event(),
                    _ => uploaded(stage, &other, &id),
                }
            }
            "catalog-get-catalog-export" | "catalog-run-export" => {
                let other = stage.member(&[Role::Manager]).await.person;
                let id = stage.made(Request::of("catalog-create-catalog-export").by(&other).keyed()).await;
                if name == "catalog-get-catalog-export" {
                    Request::of(name).by(&other).at("id", id).event()
                } else {
                    let export_id = id.parse().expect("an id");
                    fact(name, CatalogExportRequested { user_id: other.id, export_id })
                }
            }
            _ => return None,
        };
        Some(event)
    }

    /// The component of a new bundle, whose weight has changed.
    async fn component(&self, stage: &Stage) -> VariantChanged {
        let component = product(stage, &self.manager, 1).await;
        let shown = stage.call(Request::of("catalog-get-product").at("id", &component)).await;
        let (variant_id, sku) = (shown["variants"][0]["id"].clone(), shown["variants"][0]["sku"].clone());
        let (bundle, bundle_sku) = (product(stage, &self.manager, 1).await, stage.fresh("SKU"));
        let set = Request::of("catalog-set-variant").by(&self.manager).at("id", bundle).at("sku", bundle_sku);
        let components = json!([{ "variantId": variant_id, "quantity": 6 }]);
        stage.call(set.with("choices", json!({ "Size": "1" })).with("components", components)).await;
        let sku = sku.as_str().unwrap_or_else(|| panic!("{shown}"));
        let set = Request::of("catalog-set-variant").by(&self.manager).at("id", &component).at("sku", sku);
        stage.call(set.with("choices", json!({ "Size": "0" })).with("weightGrams", 300)).await;
        let variant_id = serde_json::from_value(variant_id).unwrap_or_else(|error| panic!("{error}"));
        let product_id = component.parse().unwrap_or_else(|error| panic!("{error}"));
        VariantChanged { variant_id, product_id, revision: 4, variant: None }
    }
}

/// A picture of a product was published.
fn picture(owner: &Person) -> MediaPublished {
    let (media_id, purpose, content_type) = (MediaId::generate(), "product".to_owned(), "image/jpeg".to_owned());
    let path = Some(format!("published/{}/{media_id}/revision/", owner.id));
    let (width, height, variants) = (1_280, 960, Vec::new());
    MediaPublished { media_id, owner_id: owner.id, purpose, content_type, width, height, variants, path }
}

fn prices(product: &str, sku: &str, amount: impl serde::Serialize) -> Value {
    json!({ "prices": [{ "productId": product, "sku": sku, "tiers": [{ "minQuantity": 1, "amountMinor": amount }] }] })
}

async fn category(stage: &Stage, manager: &Person, slug: &str) {
    stage.call(Request::of("catalog-set-category").by(manager).at("slug", slug)).await;
}

/// A published product with so many variants.
async fn product(stage: &Stage, manager: &Person, variants: usize) -> String {
    let values: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let body = json!({ "title": "Shoe", "slug": stage.fresh("shoe"), "options": [{ "name": "Size", "values": values }], "categories": [CATEGORY] });
    let made = stage.call(Request::of("catalog-create-product").by(manager).body(&body)).await;
    let id = made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    for number in 0..variants {
        variant(stage, manager, &id, &stage.fresh("SKU"), number).await;
    }
    stage.call(Request::of("catalog-publish-product").by(manager).at("id", &id)).await;
    id
}

async fn variant(stage: &Stage, manager: &Person, product: &str, sku: &str, number: usize) {
    let set = Request::of("catalog-set-variant").by(manager).at("id", product).at("sku", sku);
    stage.call(set.with("choices", json!({ "Size": number.to_string() }))).await;
}

/// Puts a file with a new product there; gives the message of it.
fn uploaded(stage: &Stage, owner: &Person, id: &str) -> Value {
    let (name, slug) = ("catalog-run-import", stage.fresh("imported"));
    let row = json!({ "slug": slug, "title": "Imported", "status": "published", "variants": [{ "sku": slug }] });
    let key = format!("imports/catalog/{}/{id}.upload", owner.id);
    stage.world.services().put(&key, row.to_string().into_bytes());
    let body = sample(name)["Records"][0]["body"].as_str().expect("a body").to_owned();
    let mut body: Value = serde_json::from_str(&body).expect("JSON");
    body["detail"]["bucket"]["name"] = BUCKET.into();
    body["detail"]["object"]["key"] = key.into();
    message(name, &body)
}
