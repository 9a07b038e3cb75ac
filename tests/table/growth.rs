//! What must cost the same however much there is does so: the scenes of `make bench`, at hundreds and thousands of items.

use std::collections::BTreeSet;

use dynamo::{Context, Entity, Key, Outbox};
use serde::{Deserialize, Serialize};
use serde_json::json;
use testkit::TestTable;

use crate::growth_scenes::{ALL, Claim, Entry, contradiction, expected, lists};

/// At how many items a claim is looked at. What is level is so from some number on, and must still be at many times that.
fn sizes(claim: Claim) -> Vec<usize> {
    match claim {
        Claim::Level(from) => vec![from, usize::max(1_000, 2 * from)],
        Claim::Bounded { .. } => vec![10, 1_000],
        Claim::Own => vec![10],
    }
}

async fn holds(entry: &Entry) -> Option<String> {
    let (mut scene, mut measured) = (entry.start().await, Vec::new());
    for size in sizes(entry.claim) {
        scene.grow_to(size);
        measured.push(scene.ask(entry, 3).await);
    }
    contradiction(entry, &measured)
}

/// One of as many parts, so that parts are tried at the same time.
async fn part_holds(part: usize, parts: usize) {
    let mut wrong = Vec::new();
    for entry in ALL.iter().copied().flatten().skip(part).step_by(parts) {
        wrong.extend(holds(entry).await);
    }
    assert!(wrong.is_empty(), "it grows with the total: {wrong:#?}");
}

#[tokio::test]
async fn costs_do_not_grow_with_the_total_one() {
    part_holds(0, 3).await;
}

#[tokio::test]
async fn costs_do_not_grow_with_the_total_two() {
    part_holds(1, 3).await;
}

#[tokio::test]
async fn costs_do_not_grow_with_the_total_three() {
    part_holds(2, 3).await;
}

#[test]
fn every_list_has_a_scene() {
    assert_eq!(tests::documents().iter().flat_map(lists).collect::<BTreeSet<_>>(), expected());
    let answer = |schema| json!({ "200": { "content": { "application/json": { "schema": schema } } } });
    let list = answer(json!({ "allOf": [{ "$ref": "#/components/schemas/Page" }] }));
    let api = json!({
        "paths": { "/v1/things": { "get": { "responses": list } }, "/v1/thing": { "get": { "responses": answer(json!({})) } } },
        "components": { "schemas": { "Page": { "properties": { "items": { "type": "array" } } } } },
    });
    assert_eq!(lists(&api).into_iter().collect::<Vec<_>>(), ["GET /v1/things"]);
}

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    order: String,
    at: String,
}

impl Entity for Line {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Key::new("order", &self.order, format!("line#{}", self.at))
    }
}

#[tokio::test]
async fn copies_are_items_like_those_that_were_written() {
    let table = TestTable::start().await;
    let shop = table.of::<Shop>();
    let line = |order: &str, at: &str| Line { order: order.to_owned(), at: at.to_owned() };
    shop.create(line("other", "before"), &Outbox::none()).await.unwrap();
    let (written, template) = table.written_by(shop.create(line("first", "10:00"), &Outbox::none())).await;
    written.unwrap();
    assert_eq!(template.items(), 1);
    assert_eq!(template.copy(&[("elsewhere".to_owned(), "nowhere".to_owned())]).items(), 0);
    let copy = |minute: u32| template.copy(&[("10:00".to_owned(), format!("10:{minute:02}"))]);
    table.fill((1..30).map(copy));
    let page = shop.list::<Line>(Key::new("order", "first", "line#"), true, 10, None).await.unwrap();
    let found: Vec<_> = page.items.into_iter().map(|line| line.value).collect();
    assert_eq!(found, (20..30).rev().map(|minute| line("first", &format!("10:{minute:02}"))).collect::<Vec<_>>());
    assert!(page.next.is_some());
}

#[test]
fn what_grows_is_found() {
    use std::time::Duration;

    use crate::growth_scenes::{Measured, Used};

    let entry = ALL[0][0];
    let measured = |items, calls| {
        let used = Used { calls, ..Used::default() };
        Measured { items, status: 200, used, time: Duration::ZERO }
    };
    assert_eq!(contradiction(&entry, &[measured(10, 1), measured(1_000, 2), measured(100_000, 2)]), None);
    assert!(contradiction(&entry, &[measured(1_000, 2), measured(100_000, 3)]).is_some());
    // One size shows nothing.
    assert!(contradiction(&entry, &[measured(10, 2), measured(1_000, 2)]).is_some());
}
