//! The storefront: events in any order give the same items, and pages show what the events say.

use contracts::Envelope;
use contracts::orders::{
    OrderCancelled, RefundDue, RefundReason, ReturnReceived, ShipmentDelivered, ShipmentShipped, StockAvailability,
};
use contracts::payments::{DisputeClosed, DisputeOpened, PaymentCaptured, PaymentStarted, RefundFailed};
use futures::future::join_all;
use kit::sqs::Done;
use serde_json::{Value, json};
use storefront::consumers::build_catalog_pages::write_news;
use storefront::domain::product::ProductNews;
use storefront::store::Written;
use types::{LocationId, RefundId, Uuid};

use crate::storefront_support::{
    Front, archived, at, category, changed, confirmed, event, list, order_facts, order_id, payment, placed, price,
    product_id, published, snapshot, sold, stock, units, variant_changed, variant_id,
};

/// The life of a shop: every kind of event, two products that exchange a slug, a bundle, and three orders.
fn history() -> Vec<Envelope<Value>> {
    let shipped = |shipment, is_last| {
        let (order, location_id) = (order_facts(1), LocationId::new(Uuid::from_u128(5)));
        let lines = vec![units(0, 1, 1)];
        event(
            30,
            ShipmentShipped {
                order,
                shipment,
                location_id,
                lines,
                capture_minor: 1,
                capture_total_minor: None,
                is_last,
            },
        )
    };
    let refund_id = RefundId::new(Uuid::from_u128(7));
    let refund_due = RefundDue {
        order: order_facts(2),
        refund_id,
        amount_minor: 1_000,
        capture_total_minor: None,
        reason: RefundReason::Cancelled,
    };
    let (lines, is_complete) = (vec![units(0, 1, 1)], false);
    let cancelled = OrderCancelled { order: order_facts(2), lines, is_complete, capture_total_minor: None };
    let returned =
        ReturnReceived { order: order_facts(1), return_number: 1, lines: vec![units(0, 1, 1)], refund_minor: 9 };
    let bundle = |categories: &[&str]| snapshot("set", vec![sold(3, &[1, 2])], categories);
    vec![
        category("clothes", None, 1),
        category("shoes", Some("clothes"), 1),
        list("eur", 1, None),
        list("eur-sale", 2, Some(at(50))),
        variant_changed(1, 1),
        variant_changed(2, 1),
        variant_changed(3, 1),
        price(1, "eur", 1, Some(1_000)),
        price(1, "eur-sale", 1, Some(800)),
        price(1, "eur", 2, Some(900)),
        price(2, "eur", 1, Some(500)),
        stock(1, 1, StockAvailability::InStock),
        stock(2, 1, StockAvailability::InStock),
        published(1, 2, "shoe"),
        published(2, 2, "boot"),
        changed(1, 3, snapshot("sandal", vec![sold(1, &[])], &["shoes", "sale"])),
        changed(2, 3, snapshot("shoe", vec![sold(2, &[])], &["shoes"])),
        changed(3, 2, bundle(&["shoes"])),
        stock(2, 2, StockAvailability::LowStock),
        archived(2, 4),
        changed(3, 3, bundle(&["sale"])),
        placed(1, &[units(0, 1, 2)]),
        event(12, PaymentStarted { payment: payment(1) }),
        event(14, PaymentCaptured { payment: payment(1), captured_minor: 2_500 }),
        confirmed(1, &[units(0, 1, 2)]),
        shipped(1, false),
        shipped(2, true),
        event(40, ShipmentDelivered { order: order_facts(1), shipment: 1 }),
        event(45, returned),
        confirmed(2, &[units(0, 1, 3), units(1, 3, 1)]),
        event(41, cancelled),
        event(42, refund_due),
        event(43, RefundFailed { payment: payment(2), refund_id, refunded_minor: 1_000 }),
        event(44, DisputeOpened { payment: payment(3), dispute_id: "d".to_owned(), disputed_minor: 1 }),
        event(46, DisputeClosed { payment: payment(3), dispute_id: "d".to_owned(), disputed_minor: 1, is_lost: false }),
    ]
}

/// The same events twice, in an order that depends on the seed.
fn shuffled(events: &[Envelope<Value>], seed: u64) -> Vec<Envelope<Value>> {
    let mut all: Vec<_> = events.iter().chain(events).cloned().enumerate().collect();
    let place = |number: usize| (u64::try_from(number).unwrap() + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7;
    all.sort_by_key(|(number, _)| place(*number));
    all.into_iter().map(|(_, event)| event).collect()
}

#[tokio::test]
async fn a_rebuild_from_events_in_any_order_gives_identical_items() {
    let events = history();
    let first = Front::start().await;
    first.hear_all(events.clone()).await;
    first.build_home().await;
    let expected = first.items().await;
    assert!(expected.len() > 25, "{}", expected.len());
    for seed in 1..6 {
        let rebuilt = Front::start().await;
        rebuilt.hear_all(shuffled(&events, seed)).await;
        rebuilt.build_home().await;
        assert_eq!(rebuilt.items().await, expected, "seed {seed}");
    }
}

#[tokio::test]
async fn events_that_arrive_at_the_same_time_give_identical_items() {
    let events = history();
    let first = Front::start().await;
    first.hear_all(events.clone()).await;
    let racing = Front::start_with_conflicts().await;
    for part in shuffled(&events, 9).chunks(10) {
        for handled in join_all(part.iter().cloned().map(|event| racing.hear(event))).await {
            handled.unwrap();
        }
    }
    assert_eq!(racing.items().await, first.items().await);
}

#[tokio::test]
async fn a_repeated_event_is_a_duplicate() {
    let front = Front::start().await;
    front.hear_all(history()).await;
    let before = front.items().await;
    for event in history().into_iter().filter(|event| event.context() == "catalog") {
        assert!(matches!(front.hear(event.clone()).await, Ok(Done::Duplicate)), "{}", event.detail_type());
    }
    assert_eq!(front.items().await, before);
}

#[tokio::test]
async fn a_consumer_that_was_ended_between_two_writes_is_repeated() {
    let front = Front::start().await;
    front.hear_all([list("eur", 1, None), variant_changed(1, 1), published(1, 2, "shoe")]).await;
    // The first attempt kept the price and was ended before it built the page.
    let news = price(1, "eur", 1, Some(700));
    let fact = news.clone().decode().unwrap();
    let facts = storefront::domain::variant::VariantFacts::of_price(fact.data, fact.occurred_at);
    assert!(front.consumer.store.keep_variant(&facts).await.unwrap().1);
    assert_eq!(front.product("shoe", "").await.body["variants"][0]["prices"], json!([]));
    assert!(matches!(front.hear(news).await, Ok(Done::Applied)));
    assert_eq!(front.product("shoe", "").await.body["variants"][0]["prices"][0]["amountMinor"], 700);
}

#[tokio::test]
async fn a_product_page_has_everything_and_moves_with_its_slug() {
    let front = Front::start().await;
    front.hear_all(history()).await;
    let page = front.product("sandal", "").await;
    assert_eq!((page.status, page.header("cache-control")), (200, "public, max-age=60"), "{}", page.body);
    assert_eq!(page.body["revision"], 3);
    assert_eq!(page.body["availability"], "in_stock");
    assert_eq!(
        page.body["breadcrumb"],
        json!([{ "slug": "clothes", "title": "CLOTHES" }, { "slug": "shoes", "title": "SHOES" }])
    );
    // The sale list is cheaper as long as it applies.
    let prices = json!([{ "currency": "EUR", "amountMinor": 800, "priceList": "eur-sale" }]);
    assert_eq!(page.body["variants"][0]["prices"], prices);
    assert_eq!(page.body["pictures"][0]["url"], "https://cdn.example/published/a/large.jpg");
    assert_eq!(page.body["asOf"], "2026-03-14T12:00:03.000Z");
    front.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(front.product("sandal", "").await.body["variants"][0]["prices"][0]["amountMinor"], 900);
    // The bundle is as available as its scarcest component.
    let set = front.product("set", "").await;
    assert_eq!(set.body["variants"][0]["availability"], "low_stock");
    let component = json!({
        "variantId": variant_id(1), "quantity": 2, "productId": product_id(1), "sku": "SKU-1",
        "choices": { "Size": "M" }, "availability": "in_stock",
    });
    assert_eq!(set.body["variants"][0]["components"][0], component);
    // The product of the second one was archived.
    let archived = &set.body["variants"][0]["components"][1];
    assert_eq!((&archived["productId"], &archived["sku"]), (&json!(null), &json!(null)), "{archived}");
    // Another product took the slug and was archived; the first slug of that one leads nowhere either.
    for slug in ["shoe", "boot", "unknown", "No"] {
        let gone = front.product(slug, "").await;
        assert_eq!((gone.status, &gone.body["code"]), (404, &json!("storefront.no_such_product")), "{slug}");
    }
    front.hear_all([changed(1, 5, snapshot("clog", vec![sold(1, &[])], &["shoes"]))]).await;
    let moved = front.product("sandal", "").await;
    assert_eq!((moved.status, moved.header("location")), (301, "/v1/commerce/web/products/clog"));
    let moved = front.mobile_product("sandal", "currency=EUR&atLeast=5").await;
    assert_eq!(moved.header("location"), "/v1/commerce/mobile/products/clog?currency=EUR&atLeast=5");
}

#[tokio::test]
async fn facts_that_are_stored_while_an_event_of_their_product_is_handled_show_on_its_page() {
    let front = Front::start().await;
    front.hear_all([list("eur", 1, None), variant_changed(1, 1), variant_changed(2, 1)]).await;
    let news = |event: Envelope<Value>, at| ProductNews::of_changed(event.decode().unwrap().data, at);
    let store = &front.consumer.store;
    // A price, between the read of a publication and its write: the product is not published yet.
    let publication = news(changed(1, 2, snapshot("shoe", vec![sold(1, &[])], &[])), at(2));
    let read = Box::pin(store.read_projection(product_id(1), Some(&publication))).await.unwrap();
    front.hear_all([price(1, "eur", 1, Some(700))]).await;
    assert_eq!(write_news(front.consumer, &read, &publication).await.unwrap(), Written::Applied);
    assert_eq!(front.product("shoe", "").await.body["variants"][0]["prices"][0]["amountMinor"], 700);
    // The availability of a component, whose bundle is new.
    let bundle = news(changed(2, 2, snapshot("set", vec![sold(2, &[1])], &[])), at(2));
    store.keep_routes(product_id(2), &[variant_id(1)].into()).await.unwrap();
    let read = Box::pin(store.read_projection(product_id(2), Some(&bundle))).await.unwrap();
    front.hear_all([stock(1, 1, StockAvailability::InStock)]).await;
    assert_eq!(write_news(front.consumer, &read, &bundle).await.unwrap(), Written::Applied);
    assert_eq!(front.product("set", "").await.body["variants"][0]["availability"], "in_stock");
}

#[tokio::test]
async fn a_client_that_has_the_page_gets_no_body() {
    let front = Front::start().await;
    front.hear_all(history()).await;
    let page = front.product("sandal", "").await;
    let get = kit::http::endpoint(
        storefront::api::get_web_product::get_web_product,
        front.pages,
        crate::identity_support::stage(),
    );
    let known = [("if-none-match", page.header("etag"))];
    let same = front.read(&get, "sandal", "", &known).await;
    assert_eq!((same.status, same.bytes), (304, 0));
    front.hear_all([price(1, "eur-sale", 2, None)]).await;
    assert_eq!(front.read(&get, "sandal", "", &known).await.status, 200);
}

#[tokio::test]
async fn a_request_waits_for_the_revision_that_it_asks_for() {
    let front = Front::start().await;
    front.hear_all([published(1, 2, "shoe")]).await;
    assert_eq!(front.product("shoe", "atLeast=2").await.status, 200);
    for (slug, query) in [("shoe", "atLeast=3"), ("shoe", "atLeast=13"), ("boot", "atLeast=1")] {
        let early = front.product(slug, query).await;
        assert_eq!((early.status, early.header("retry-after")), (409, "1"), "{}", early.body);
        assert_eq!(early.body["code"], "storefront.not_yet");
    }
    let news = changed(1, 3, snapshot("shoe", vec![sold(1, &[])], &[]));
    let (page, ()) = futures::join!(front.product("shoe", "atLeast=3"), front.hear_all([news]));
    assert_eq!((page.status, &page.body["revision"]), (200, &json!(3)));
    front.hear_all([archived(1, 4)]).await;
    assert_eq!(front.product("shoe", "atLeast=4").await.status, 404);
    assert_eq!(front.product("shoe", "atLeast=x").await.status, 422);
    assert_eq!(front.product("shoe", "atleast=1").await.status, 422);
}

#[tokio::test]
async fn a_category_lists_the_cards_of_its_products_in_pages() {
    let front = Front::start().await;
    front.hear_all([category("clothes", None, 1), category("shoes", Some("clothes"), 1), list("eur", 1, None)]).await;
    for number in 1..6_u128 {
        let slug = format!("shoe-{number}");
        let amount = Some(i64::try_from(number).unwrap() * 100);
        front
            .hear_all([variant_changed(number, 1), price(number, "eur", 1, amount), published(number, 2, &slug)])
            .await;
    }
    front.hear_all([archived(3, 3), changed(2, 3, snapshot("shoe-2", vec![sold(2, &[])], &["clothes"]))]).await;
    let (mut slugs, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = front.category("shoes", &query).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.body["breadcrumb"][0]["slug"], "clothes");
        slugs.extend(
            page.body["items"].as_array().unwrap().iter().map(|card| card["slug"].as_str().unwrap().to_owned()),
        );
        let Value::String(next) = &page.body["nextCursor"] else { break };
        query = format!("limit=2&cursor={next}");
    }
    assert_eq!(slugs, ["shoe-5", "shoe-4", "shoe-1"]);
    let above = front.category("clothes", "").await;
    assert_eq!(above.body["children"], json!([{ "slug": "shoes", "title": "SHOES" }]));
    assert_eq!(above.body["items"][0]["prices"][0]["amountMinor"], 200);
    assert_eq!(front.category("hats", "").await.body["code"], "storefront.no_such_category");
}

#[tokio::test]
async fn pages_for_mobile_clients_fit_into_4_kib_and_lead_to_all_products() {
    let front = Front::start().await;
    front.hear_all([category("shoes", None, 1), list("eur", 1, None)]).await;
    let slug = |number: u128| format!("{}-{number:03}", "s".repeat(96));
    for number in 1..31_u128 {
        let mut product = snapshot(&slug(number), vec![sold(number, &[])], &["shoes"]);
        product.title = "\u{1f97e}".repeat(200);
        front
            .hear_all([variant_changed(number, 1), price(number, "eur", 1, Some(100)), changed(number, 2, product)])
            .await;
    }
    front.build_home().await;
    let home = front.mobile_home().await;
    assert!(home.bytes <= 4_096 && home.body["products"].as_array().unwrap().len() > 3, "{}", home.bytes);
    let product = front.mobile_product(&slug(1), "currency=EUR").await;
    assert!(product.status == 200 && product.bytes <= 4_096, "{}", product.body);
    assert_eq!((&product.body["amountMinor"], &product.body["variants"][0]["amountMinor"]), (&json!(100), &json!(100)));
    let (mut seen, mut query) = (0, "currency=EUR&limit=20".to_owned());
    loop {
        let page = front.mobile_category("shoes", &query).await;
        assert!(page.status == 200 && page.bytes <= 4_096, "{}", page.body);
        seen += page.body["items"].as_array().unwrap().len();
        let Value::String(next) = &page.body["nextCursor"] else { break };
        query = format!("currency=EUR&limit=20&cursor={next}");
    }
    assert_eq!(seen, 30);
    assert_eq!(front.mobile_product(&slug(1), "").await.status, 422);
}

#[tokio::test]
async fn the_home_page_has_new_products_and_bestsellers_of_confirmed_orders() {
    let front = Front::start().await;
    let empty = front.home().await;
    assert_eq!((empty.status, &empty.body["asOf"]), (200, &Value::Null), "{}", empty.body);
    front.hear_all([published(1, 1, "a"), published(2, 1, "b"), published(3, 1, "c"), archived(3, 2)]).await;
    let orders = [
        confirmed(1, &[units(0, 1, 5)]),
        confirmed(2, &[units(0, 2, 1), units(1, 3, 9)]),
        placed(3, &[units(0, 2, 9)]),
    ];
    // Each one arrives twice.
    front.hear_all(orders.iter().chain(&orders).cloned()).await;
    front.build_home().await;
    let home = front.home().await;
    let slugs = |list: &str| -> Vec<String> {
        let cards = home.body[list].as_array().unwrap().iter();
        cards.map(|card| card["slug"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(slugs("newest"), ["b", "a"]);
    assert_eq!(slugs("bestsellers"), ["a", "b"]);
    // After a week nothing of it counts any more.
    front.clock.advance(std::time::Duration::from_hours(168));
    front.build_home().await;
    assert_eq!(front.home().await.body["bestsellers"], json!([]));
}

#[tokio::test]
async fn the_back_office_sees_an_order_with_all_that_belongs_to_it() {
    let front = Front::start().await;
    front.hear_all(history()).await;
    let order = front.order(order_id(1), "", &front.manager).await;
    assert_eq!((order.status, &order.body["status"]), (200, &json!("shipped")), "{}", order.body);
    assert_eq!(order.body["payment"]["capturedMinor"], 2_500);
    assert_eq!(order.body["shipments"][0]["deliveredAt"], "2026-03-14T12:00:40.000Z");
    assert_eq!(order.body["returns"][0]["refundMinor"], 9);
    let second = front.order(order_id(2), "", &front.manager).await;
    assert_eq!(second.body["attention"], json!(["refund_failed"]));
    assert_eq!(second.body["refunds"][0]["reason"], "cancelled");
    // Only payments are known of the third one.
    assert_eq!(front.order(order_id(3), "", &front.manager).await.body["code"], "storefront.no_such_order");
    assert_eq!(front.order(order_id(1), "atLeast=2026-03-14T12:00:45Z", &front.manager).await.status, 200);
    assert_eq!(front.order(order_id(1), "atLeast=2026-03-14T12:00:46Z", &front.manager).await.status, 409);
    assert_eq!(front.order(order_id(1), "", &front.stranger).await.status, 403);
    assert_eq!(front.dashboard(&front.stranger).await.status, 403);
    assert_eq!(front.dashboard("x").await.status, 401);
}

#[tokio::test]
async fn the_dashboard_counts_each_order_once() {
    let front = Front::start().await;
    front.hear_all(history()).await;
    let figures = front.dashboard(&front.manager).await;
    assert_eq!(figures.status, 200, "{}", figures.body);
    let figure = |name: &str| figures.body[name].clone();
    assert_eq!((figure("openOrders"), figure("toShip"), figure("attentionCount")), (json!(2), json!(1), json!(1)));
    assert_eq!(figure("attention")[0]["number"], "N2");
    // Two orders of 25.00, less a unit of 10.00.
    assert_eq!(figure("revenue"), json!([{ "currency": "EUR", "amountMinor": 4_000, "orders": 2 }]));
    assert_eq!(figure("scarce")[0]["sku"], "SKU-2");
    assert_eq!(figure("asOf"), "2026-03-14T12:00:46.000Z");
}

#[tokio::test]
async fn concurrent_orders_are_all_counted() {
    let front = Front::start_with_conflicts().await;
    let orders: Vec<_> = (1..201).map(|number| confirmed(number, &[units(0, 1, 1)])).collect();
    for part in orders.chunks(20) {
        for handled in join_all(part.iter().cloned().map(|event| front.hear(event))).await {
            handled.unwrap();
        }
    }
    let figures = front.dashboard(&front.manager).await;
    assert_eq!((&figures.body["toShip"], &figures.body["revenue"][0]["amountMinor"]), (&json!(200), &json!(500_000)));
}
