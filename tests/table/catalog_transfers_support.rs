//! A catalog with its imports and exports, and rows for them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::consumers::{run_export::run_export, run_import::run_import};
use catalog::store::{Catalog, Store};
use catalog::{Exporting, Importing, Transfers};
use contracts::Envelope;
use contracts::catalog::CatalogExportRequested;
use jiff::Timestamp;
use kit::bucket::ObjectCreated;
use kit::http::{Endpoint, endpoint};
use kit::jobs::Files;
use kit::sqs::{Done, Failure, PartlyHandled, Progress};
use kit::{Clock, Deadline};
use serde_json::{Value, json};
use testkit::{Reply, leak};

use crate::badges_support::event;
use crate::bucket::{BUCKET, Services};
use crate::catalog_support::{Asked, Shop, about};
use crate::identity_support::stage;

pub struct Desk {
    pub shop: Shop,
    pub services: Services,
    transfers: &'static Transfers,
    importing: &'static Importing,
    pub exporting: &'static Exporting,
    pub clock: Clock,
    keys: std::sync::atomic::AtomicU32,
}

/// What is exported and imported.
pub const FORMATS: [&str; 2] = ["json_lines", "csv"];

impl Desk {
    pub async fn start() -> Self {
        Self::at(Shop::start().await, Clock::System).await
    }

    pub async fn at(shop: Shop, clock: Clock) -> Self {
        let services = Services::start().await;
        let store = Store::new(shop.table.of::<Catalog>());
        let files = Files::new(&services.config().into(), BUCKET);
        let transfers = leak(shop.transfers(files.clone(), clock.clone()));
        let importing = leak(Importing::new(store.clone(), files.clone(), clock.clone()));
        let exporting = leak(Exporting::new(store, files, &clock));
        let keys = std::sync::atomic::AtomicU32::new(0);
        Self { shop, services, transfers, importing, exporting, clock, keys }
    }

    pub fn create_import(&self) -> Endpoint {
        endpoint(catalog::api::create_import::create_import, self.transfers, stage())
    }

    pub fn get_import(&self) -> Endpoint {
        endpoint(catalog::api::get_import::get_import, self.transfers, stage())
    }

    pub fn create_export(&self) -> Endpoint {
        endpoint(catalog::api::create_catalog_export::create_catalog_export, self.transfers, stage())
    }

    pub fn get_export(&self) -> Endpoint {
        endpoint(catalog::api::get_catalog_export::get_catalog_export, self.transfers, stage())
    }

    pub fn key(&self) -> String {
        self.keys.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string()
    }

    /// Requests an import, uploads its file, and returns its ID and the key of the file.
    pub async fn requested(&self, format: &str, file: &[u8]) -> (String, String) {
        let key = self.key();
        let asked = Asked { key: &key, ..Asked::default() };
        let reply = self.shop.call(&self.create_import(), "POST", asked, Some(json!({ "format": format }))).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        let object = reply.body["upload"]["fields"]["key"].as_str().unwrap().to_owned();
        self.services.put(&object, file);
        (reply.body["id"].as_str().unwrap().to_owned(), object)
    }

    pub async fn run(&self, key: &str, deadline: Deadline) -> Result<Progress, Failure> {
        let uploaded = ObjectCreated { bucket: BUCKET.to_owned(), key: key.to_owned() };
        run_import(self.importing, uploaded, deadline).await
    }

    pub async fn see_import(&self, id: &str) -> Value {
        let reply = self.shop.call(&self.get_import(), "GET", about(id), None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    }

    /// The results by their rows.
    pub fn results(&self, key: &str) -> BTreeMap<u64, Value> {
        let file = self.services.object(key.strip_suffix(".upload").unwrap()).expect("a file of results");
        let lines = String::from_utf8(file).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter_map(|line| Some((line["row"].as_u64()?, line))).collect()
    }

    /// Imports a file and returns the summary and the results.
    pub async fn import(&self, format: &str, file: &[u8]) -> (Value, BTreeMap<u64, Value>) {
        let (id, key) = self.requested(format, file).await;
        assert_eq!(self.run(&key, Deadline::never()).await.unwrap(), Done::Applied.into());
        let seen = self.see_import(&id).await;
        assert_eq!((&seen["status"], &seen["percent"]), (&json!("done"), &json!(100)), "{seen}");
        (seen["summary"].clone(), self.results(&key))
    }

    pub async fn import_rows(&self, rows: &[Value]) -> (Value, BTreeMap<u64, Value>) {
        self.import("json_lines", lines(rows).as_bytes()).await
    }

    /// Exports the catalog and returns the file.
    pub async fn export(&self, format: &str) -> Vec<u8> {
        let key = self.key();
        let asked = Asked { key: &key, ..Asked::default() };
        let reply = self.shop.call(&self.create_export(), "POST", asked, Some(json!({ "format": format }))).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        let id = reply.body["id"].as_str().unwrap();
        let data = CatalogExportRequested { user_id: self.shop.manager, export_id: id.parse().unwrap() };
        let event = event(Timestamp::now(), data);
        assert_eq!(run_export(self.exporting, event, Deadline::never()).await.unwrap(), Done::Applied.into());
        let seen = self.shop.call(&self.get_export(), "GET", about(id), None).await.body;
        assert_eq!(seen["status"], "done", "{seen}");
        assert!(seen["url"].as_str().unwrap().contains("X-Amz-Expires=900"), "{seen}");
        self.services.object(&format!("exports/catalog/{}/{id}", self.shop.manager)).expect("a file")
    }

    /// All items of the catalog but those of users, with versions and outboxes.
    pub async fn items(&self) -> BTreeMap<String, Value> {
        let items = self.shop.table.items().await.into_iter().map(|item| plain(&AttributeValue::M(item)));
        let key = |item: &Value| format!("{} {}", item["pk"].as_str().unwrap(), item["sk"].as_str().unwrap());
        let items = items.map(|item| (key(&item), item));
        items.filter(|(key, _)| key.starts_with("catalog#") && !key.starts_with("catalog#user#")).collect()
    }

    /// Requests an import and shows it; returns both replies and the key of its file.
    pub async fn import_costs(&self, key: &str) -> (Reply, Reply, String) {
        let asked = Asked { key, ..Asked::default() };
        let created =
            self.shop.call(&self.create_import(), "POST", asked, Some(json!({ "format": "json_lines" }))).await;
        let shown = self.shop.call(&self.get_import(), "GET", about(created.body["id"].as_str().unwrap()), None).await;
        let object = created.body["upload"]["fields"]["key"].as_str().unwrap().to_owned();
        (created, shown, object)
    }

    /// Requests an export and shows it; returns both replies and the event.
    pub async fn export_costs(&self) -> (Reply, Reply, Envelope<Value>) {
        let asked = Asked { key: "export", ..Asked::default() };
        let created = self.shop.call(&self.create_export(), "POST", asked, Some(json!({ "format": "csv" }))).await;
        let id = created.body["id"].as_str().unwrap();
        let shown = self.shop.call(&self.get_export(), "GET", about(id), None).await;
        let data = CatalogExportRequested { user_id: self.shop.manager, export_id: id.parse().unwrap() };
        let event = event(self.clock.now(), data);
        (created, shown, event)
    }

    pub async fn write_export(&self, event: Envelope<Value>) -> PartlyHandled {
        run_export(self.exporting, event, Deadline::never()).await
    }

    pub async fn lists(&self, codes: &[&str]) {
        for code in codes {
            let reply = self.shop.price_list(code, json!({ "title": code, "currency": "EUR" })).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
        }
    }
}

/// An attribute as JSON, whose maps are ordered.
fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::M(map) => map.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        AttributeValue::L(list) => list.iter().map(plain).collect(),
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(number) => json!({ "number": number }),
        AttributeValue::Bool(flag) => json!(flag),
        other => json!(format!("{other:?}")),
    }
}

/// Fails, with the first differences only, unless both are the same.
pub fn assert_same(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>, what: &str) {
    let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differing: Vec<_> = keys.into_iter().filter(|key| before.get(*key) != after.get(*key)).take(3).collect();
    let shown: Vec<_> = differing.iter().map(|key| (key, before.get(*key), after.get(*key))).collect();
    assert!(shown.is_empty(), "{what}: {shown:#?}");
}

pub fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| row.to_string() + "\n").collect()
}

pub fn summary(created: u64, changed: u64, unchanged: u64, refused: u64) -> Value {
    let rows = created + changed + unchanged + refused;
    json!({ "rows": rows, "created": created, "changed": changed, "unchanged": unchanged, "refused": refused })
}

pub fn tiers(amount: i64) -> Value {
    json!([{ "minQuantity": 1, "amountMinor": amount }])
}

/// A published product with variants and prices.
pub fn shoe(slug: &str, variants: usize) -> Value {
    let sizes: Vec<_> = (0..variants.min(50)).map(|number| number.to_string()).collect();
    let one = |number: usize| {
        json!({
            "sku": format!("{slug}-{number}"), "weightGrams": 100 + number, "prices": { "eur": tiers(1_000 + i64::try_from(number).unwrap()) },
            "choices": { "Size": (number % 50).to_string(), "Fit": if number < 50 { "slim" } else { "wide" } },
        })
    };
    json!({
        "slug": slug, "title": format!("Shoe {slug}"), "status": "published", "description": "=1+1\n\"wool\", and more",
        "attributes": { "Material": "wool", "-Care": "@hand" },
        "options": [{ "name": "Size", "values": sizes }, { "name": "Fit", "values": ["slim", "wide"] }],
        "categories": [], "variants": (0..variants).map(one).collect::<Vec<_>>(),
    })
}
