//! `recommendations-keep-orders` on `orders.order_confirmed.v1`

use contracts::orders::{OrderConfirmed, OrderFacts, SoldUnits};
use jiff::Timestamp;
use tests::Cloud;
use types::{CurrencyCode, OrderId, ProductId, VariantId};

use super::support::tell;

#[tokio::test]
async fn an_order_is_kept_once() {
    let cloud = Cloud::connect().await;
    let order = OrderFacts {
        order_id: OrderId::generate(),
        number: "1".to_owned(),
        user_id: None,
        currency: CurrencyCode::parse("EUR").unwrap(),
        total_minor: 100,
        placed_at: Timestamp::now(),
    };
    let id = order.order_id.to_string();
    let line = SoldUnits {
        line: 0,
        variant_id: VariantId::generate(),
        product_id: ProductId::generate(),
        quantity: 1,
        gross_minor: 100,
    };
    let fact = OrderConfirmed { order, lines: vec![line] };
    let first = tell(&cloud, "recommendations-keep-orders", fact.clone()).await;
    assert!(first.contains("applied"), "{first}");
    let second = tell(&cloud, "recommendations-keep-orders", fact).await;
    assert!(second.contains("duplicate"), "{second}");
    // There is no such order, so `orders` has no invoice to issue and nothing to tell its buyer.
    assert_eq!(cloud.take_dead_letters(&id, 4).await.len(), 4);
}
