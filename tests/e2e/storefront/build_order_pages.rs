//! `storefront-build-order-pages` on `orders.order_placed.v1` and others

use contracts::orders::{OrderFacts, OrderPlaced};
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use tests::{Cloud, eventually};
use types::{CurrencyCode, EventId, OrderId};

#[tokio::test]
async fn an_order_that_was_placed_twice_has_one_page() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = OrderFacts {
        order_id: OrderId::generate(),
        number: "N1".to_owned(),
        user_id: None,
        currency: CurrencyCode::parse("EUR").unwrap(),
        total_minor: 2_500,
        placed_at: Timestamp::now(),
    };
    let id = order.order_id.to_string();
    let path = format!("/v1/commerce/backoffice/orders/{id}");
    let fact = OrderPlaced { order, lines: Vec::new() };
    let event =
        Envelope::new(EventId::generate(), Timestamp::now(), EventId::generate().to_string(), Actor::System, fact);
    cloud.publish(&event).await;
    cloud.publish(&event).await;
    let page = eventually("the page of the order", async || {
        let page = cloud.call("GET", &path).bearer(&manager.access_token).send().await;
        (page.status == 200).then_some(page.body)
    })
    .await;
    assert_eq!((&page["status"], &page["totalMinor"]), (&"placed".into(), &2_500.into()));
    // There is no such order, so `orders` has nothing to tell its buyer.
    assert_eq!(cloud.take_dead_letters(&id, 2).await.len(), 2);
}
