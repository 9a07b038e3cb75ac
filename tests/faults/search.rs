//! Search: its consumer gets events repeatedly and in any order and is killed, builds of the index are killed or meet a failing bucket,
//! and searches go on meanwhile.

use contracts::Envelope;
use contracts::catalog::{
    PriceChanged, PriceTier, ProductArchived, ProductChanged, ProductPublished, ProductSnapshot, VariantChanged,
    VariantSnapshot,
};
use contracts::knowledge::{SpeciesChanged, SpeciesKind, SpeciesMerged, SpeciesSnapshot, SpeciesWater};
use contracts::orders::{AvailabilityChanged, StockAvailability};
use contracts::search::BuildRequested;
use dynamo::{Table, Versioned};
use jiff::Timestamp;
use search::domain::collections::PRODUCTS_NAME;
use search::domain::product::ProductDocument;
use search::store::{Pointer, Search, Store};
use serde_json::{Value, json};
use tests::{Cloud, Reply, eventually, new_word};
use types::{CurrencyCode, ProductId, VariantId};

use crate::deliveries::{
    Poison, ROUNDS, event, faults_are_met, handled, publish_in_disorder, publish_in_order, throttle,
};
use crate::kills::{Kill, inject, is_met, kill};

const INDEX: &str = "search-index-products";
const BUILD: &str = "search-build-index";
const SEARCH: &str = "search-search-collection";

/// Products that have a word of their own: two are for sale in the end, and one is archived.
struct Shelf {
    word: String,
    products: [(ProductId, VariantId); 3],
    price_list: String,
}

impl Shelf {
    fn new(price_list: &str) -> Self {
        let products = [(); 3].map(|()| (ProductId::generate(), VariantId::generate()));
        Self { word: new_word(), products, price_list: price_list.to_owned() }
    }

    fn snapshot(&self, number: usize, title: &str) -> ProductSnapshot {
        let variant = VariantSnapshot {
            variant_id: self.products[number].1,
            sku: format!("{}-{number}", self.word),
            barcode: None,
            weight_grams: None,
            choices: [].into(),
            tax_class: None,
            components: Vec::new(),
        };
        ProductSnapshot {
            slug: format!("{}-{number}", self.word),
            title: format!("{title} {}", self.word),
            description: None,
            attributes: [].into(),
            categories: Vec::new(),
            variants: vec![variant],
            media: Vec::new(),
        }
    }

    fn published(&self, at: Timestamp, number: usize, title: &str) -> Envelope<Value> {
        let (product_id, product) = (self.products[number].0, self.snapshot(number, title));
        event(at, ProductPublished { product_id, revision: 1, product })
    }

    fn price(&self, at: Timestamp, number: usize, revision: u64, amount_minor: i64) -> Envelope<Value> {
        let fact = PriceChanged {
            variant_id: self.products[number].1,
            sku: format!("{}-{number}", self.word),
            price_list: self.price_list.clone(),
            currency: CurrencyCode::parse("EUR").unwrap(),
            tiers: Some(vec![PriceTier { min_quantity: 1, amount_minor }]),
            revision,
        };
        event(at, fact)
    }

    fn events(&self, at: Timestamp) -> Vec<Envelope<Value>> {
        let stock = |number: usize, revision, availability| {
            let (product_id, variant_id) = self.products[number];
            event(at, AvailabilityChanged { variant_id, product_id, availability, revision })
        };
        let mut events = Vec::new();
        for (number, title) in ["Boot", "Hat", "Cap"].into_iter().enumerate() {
            let (product_id, variant_id) = self.products[number];
            events.push(self.published(at, number, title));
            events.push(event(at, VariantChanged { variant_id, product_id, revision: 1, variant: None }));
            events.push(self.price(at, number, 1, 500));
            events.push(stock(number, 1, StockAvailability::InStock));
        }
        let product_id = self.products[2].0;
        let changed = ProductChanged { product_id: self.products[0].0, revision: 2, product: self.snapshot(0, "Shoe") };
        events.extend([
            event(at, changed),
            self.price(at, 0, 2, 700),
            stock(1, 2, StockAvailability::OutOfStock),
            event(at, ProductArchived { product_id, revision: 2, variant_ids: vec![self.products[2].1] }),
        ]);
        events
    }

    /// What searches find, without what differs between two shelves.
    async fn hits(&self, cloud: &Cloud) -> Vec<Value> {
        let page = search(cloud, &format!("q={}&currency=EUR", self.word)).await.expect(200);
        let hits = page["hits"].as_array().unwrap().iter();
        let shown = hits.map(|hit| json!([self.plain(&hit["title"].to_string()), hit["priceMinor"], hit["inStock"]]));
        let mut shown: Vec<Value> = shown.collect();
        shown.sort_by_key(Value::to_string);
        shown
    }

    /// The documents, without what differs between two shelves.
    async fn documents(&self, store: &Store) -> Vec<String> {
        let ids = self.products.map(|(product, _)| product);
        let (documents, _) = store.documents(ids.into()).await.unwrap();
        let text = |read: Versioned<ProductDocument>| self.plain(&serde_json::to_string(&read.value).unwrap());
        let mut texts: Vec<String> = documents.into_iter().map(text).collect();
        texts.sort();
        texts
    }

    fn plain(&self, text: &str) -> String {
        let mut text = text.replace(&self.word, "word");
        for (number, (product, variant)) in self.products.iter().enumerate() {
            text = text.replace(&product.to_string(), &format!("product {number}"));
            text = text.replace(&variant.to_string(), &format!("variant {number}"));
        }
        text
    }
}

async fn search(cloud: &Cloud, query: &str) -> Reply {
    cloud.get(&format!("/v1/search/products?{query}")).send().await
}

/// Searches until so many products have the word.
async fn found(cloud: &Cloud, word: &str, total: u64) {
    eventually("the hits", async || {
        (search(cloud, &format!("q={word}")).await.expect(200)["total"] == total).then_some(())
    })
    .await;
}

async fn store(cloud: &Cloud) -> Store {
    Store::new(Table::<Search>::new(aws_sdk_dynamodb::Client::new(&cloud.sdk().await), cloud.table_name()))
}

/// The newest index.
async fn pointer(store: &Store) -> Option<Pointer> {
    store.log_state(PRODUCTS_NAME).await.unwrap().1.map(|pointer| pointer.value)
}

/// Publishes a product with this word and waits until it is found; returns the request to build an index that contains it.
async fn changed(cloud: &Cloud, store: &Store) -> (String, Envelope<Value>, u64) {
    let shelf = Shelf::new("none");
    cloud.publish(&shelf.published(Timestamp::now(), 0, "Shoe")).await;
    found(cloud, &shelf.word, 1).await;
    let (sequence, _) = store.log_state(PRODUCTS_NAME).await.unwrap();
    let request = BuildRequested { collection: PRODUCTS_NAME.to_owned(), sequence };
    (shelf.word, event(Timestamp::now(), request), sequence)
}

async fn built(store: &Store, sequence: u64) -> Pointer {
    eventually("the index", async || pointer(store).await.filter(|pointer| pointer.covered >= sequence)).await
}

#[tokio::test]
async fn hits_are_the_same_however_events_come_and_whoever_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let (store, list) = (store(&cloud).await, cloud.price_list(&cloud.manager().await).await);
    let at = Timestamp::now();
    let (straight, disturbed) = (Shelf::new(&list), Shelf::new(&list));
    let expected = straight.events(at);
    publish_in_order(&cloud, &expected).await;
    handled(&cloud, INDEX, &expected, 1).await;
    found(&cloud, &straight.word, 2).await;
    let (hits, documents) = (straight.hits(&cloud).await, straight.documents(&store).await);

    let events = disturbed.events(at);
    for when in ["before", "after"] {
        let document = format!("document#{}", disturbed.products[0].0);
        let write = Kill::write(INDEX, &document, when);
        inject(&cloud, &write).await;
        // A write of the document: that of the publication, and a later one that no delivery has made yet.
        cloud.publish(&events[if when == "before" { 0 } else { 3 }]).await;
        is_met(&cloud, &write).await;
        kill(&cloud, INDEX).await;
    }
    throttle(&cloud, "TransactWriteItems", "search#documents").await;
    let poison = Poison::publish(&cloud, "catalog.product_published.v1").await;
    publish_in_disorder(&cloud, &events).await;
    handled(&cloud, INDEX, &events, ROUNDS).await;
    poison.is_dead(&cloud, INDEX).await;
    faults_are_met(&cloud).await;
    assert_eq!(disturbed.documents(&store).await, documents);
    eventually("the hits", async || (disturbed.hits(&cloud).await == hits).then_some(())).await;
}

#[tokio::test]
async fn a_species_is_the_same_however_events_come_and_whoever_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let (word, at) = (new_word(), Timestamp::now());
    let [kept, gone] = ["kept", "gone"].map(|name| format!("{name}-{word}"));
    let changed = |id: &str, revision: u64, name: &str| {
        let species = SpeciesSnapshot {
            kind: SpeciesKind::Fish,
            water: SpeciesWater::Fresh,
            scientific_name: format!("{name} {word}"),
            family: None,
            synonyms: Vec::new(),
            names: [].into(),
        };
        event(at, SpeciesChanged { species_id: id.to_owned(), revision, species })
    };
    let merge = SpeciesMerged { species_id: gone.clone(), revision: 2, merged_into: kept.clone() };
    let events = [changed(&kept, 1, "Old"), changed(&kept, 2, "New"), changed(&gone, 1, "Gone"), event(at, merge)];
    let document = format!("document#{kept}");
    for (when, published) in [("before", 0), ("after", 1)] {
        let write = Kill::write(INDEX, &document, when);
        inject(&cloud, &write).await;
        // The second is a later revision, which no delivery has written yet.
        cloud.publish(&events[published]).await;
        is_met(&cloud, &write).await;
        kill(&cloud, INDEX).await;
    }
    let poison = Poison::publish(&cloud, "knowledge.species_changed.v1").await;
    publish_in_disorder(&cloud, &events).await;
    handled(&cloud, INDEX, &events, ROUNDS).await;
    poison.is_dead(&cloud, INDEX).await;
    faults_are_met(&cloud).await;
    let expected = json!([kept, format!("New {word}")]);
    eventually("the species", async || {
        let page = cloud.get(&format!("/v1/search/species?q={word}")).send().await.expect(200);
        let hit = &page["hits"][0];
        (page["total"] == 1 && json!([hit["id"], hit["scientificName"]]) == expected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_build_that_is_killed_anywhere_leaves_the_old_index_and_the_next_one_finishes() {
    let cloud = Cloud::connect_for_faults().await;
    let store = store(&cloud).await;
    for (at, has_moved) in [
        (Kill::keys(BUILD, "Query", "search#documents", "before"), false),
        (Kill::bucket(BUILD, "PutObject", "before"), false),
        (Kill::bucket(BUILD, "PutObject", "after"), false),
        (Kill::keys(BUILD, "PutItem", "search#changes", "before"), false),
        (Kill::keys(BUILD, "PutItem", "search#changes", "after"), true),
    ] {
        let (word, request, sequence) = changed(&cloud, &store).await;
        let before = pointer(&store).await;
        inject(&cloud, &at).await;
        cloud.publish(&request).await;
        is_met(&cloud, &at).await;
        kill(&cloud, BUILD).await;
        assert_eq!(pointer(&store).await != before, has_moved, "{at:?}");
        assert_eq!(search(&cloud, &format!("q={word}")).await.expect(200)["total"], 1, "{at:?}");
        let now = built(&store, sequence).await;
        assert_eq!(now.previous, before.map(|before| before.snapshot), "{at:?}: one build moved the pointer");
        handled(&cloud, BUILD, std::slice::from_ref(&request), 1).await;
        found(&cloud, &word, 1).await;
        assert_eq!(pointer(&store).await, Some(now), "{at:?}: the repeated request builds nothing more");
    }
}

#[tokio::test]
async fn a_bucket_that_fails_costs_a_build_an_attempt_and_searches_nothing() {
    let cloud = Cloud::connect_for_faults().await;
    let store = store(&cloud).await;
    let (word, request, sequence) = changed(&cloud, &store).await;
    // More often than one delivery tries.
    cloud.inject(&json!({ "service": "s3", "operation": "PutObject", "error": "SlowDown", "count": 4 })).await;
    cloud.publish(&request).await;
    built(&store, sequence).await;
    let is_retry =
        |line: &String| line.starts_with(BUILD) && line.contains(&request.correlation_id) && line.contains("\"retry\"");
    assert!(cloud.log().iter().any(is_retry), "the first attempt failed");
    faults_are_met(&cloud).await;

    // The next index cannot be loaded: searches have the one before it, and the changes since.
    cloud.inject(&json!({ "service": "s3", "operation": "GetObject", "error": "SlowDown", "count": 1_000 })).await;
    let (later, request, sequence) = changed(&cloud, &store).await;
    cloud.publish(&request).await;
    built(&store, sequence).await;
    let lines = cloud.log_lines(SEARCH);
    eventually("a failed load", async || {
        for word in [&word, &later] {
            assert_eq!(search(&cloud, &format!("q={word}")).await.expect(200)["total"], 1);
        }
        let is_of_load = |line: &String| line.contains("a newer index could not be loaded");
        cloud
            .log()
            .into_iter()
            .filter(|line| line.starts_with(SEARCH))
            .skip(lines)
            .any(|line| is_of_load(&line))
            .then_some(())
    })
    .await;
    cloud.clear_faults().await;
    // A new process loads it.
    cloud.local("POST", "restart").json(&json!({ "binaries": [SEARCH] })).send().await;
    found(&cloud, &later, 1).await;
}

#[tokio::test]
async fn a_throttled_table_leaves_searches_their_last_view_and_new_processes_none() {
    let cloud = Cloud::connect_for_faults().await;
    let store = store(&cloud).await;
    let (word, ..) = changed(&cloud, &store).await;
    let fault = json!({
        "service": "dynamodb", "operation": "Query", "error": "ThrottlingException", "count": 1_000,
        "keyPrefix": "search#changes",
    });
    cloud.inject(&fault).await;
    let lines = cloud.log_lines(SEARCH);
    eventually("a log of changes that cannot be read", async || {
        assert_eq!(search(&cloud, &format!("q={word}")).await.expect(200)["total"], 1);
        let is_of_log = |line: &String| line.contains("the log of changes could not be read");
        cloud
            .log()
            .into_iter()
            .filter(|line| line.starts_with(SEARCH))
            .skip(lines)
            .any(|line| is_of_log(&line))
            .then_some(())
    })
    .await;
    cloud.local("POST", "restart").json(&json!({ "binaries": [SEARCH] })).send().await;
    search(&cloud, &format!("q={word}")).await.expect_problem(503, "service.unavailable");
    cloud.clear_faults().await;
    found_again(&cloud, &word).await;
}

/// Searches until a process that had no view has one.
async fn found_again(cloud: &Cloud, word: &str) {
    eventually("the hits", async || {
        let reply = search(cloud, &format!("q={word}")).await;
        (reply.status == 200 && reply.body["total"] == 1).then_some(())
    })
    .await;
}
