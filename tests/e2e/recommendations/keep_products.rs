//! `recommendations-keep-products` on `catalog.product_published.v1`, `catalog.product_changed.v1`, `catalog.product_archived.v1`,
//! `orders.availability_changed.v1`

use contracts::catalog::{ProductArchived, ProductChanged, ProductPublished, ProductSnapshot};
use contracts::orders::{AvailabilityChanged, StockAvailability};
use tests::Cloud;
use types::{ProductId, VariantId};

use super::support::tell;

const FUNCTION: &str = "recommendations-keep-products";

fn snapshot() -> ProductSnapshot {
    ProductSnapshot {
        slug: "s".to_owned(),
        title: "T".to_owned(),
        description: None,
        attributes: [].into(),
        categories: vec!["shoes".to_owned()],
        variants: Vec::new(),
        media: Vec::new(),
    }
}

#[tokio::test]
async fn events_are_applied_once_in_whatever_order_they_come() {
    let cloud = Cloud::connect().await;
    let (product_id, variant_id) = (ProductId::generate(), VariantId::generate());
    let published = ProductPublished { product_id, revision: 1, product: snapshot() };
    let changed = ProductChanged { product_id, revision: 2, product: snapshot() };
    let archived = ProductArchived { product_id, revision: 3, variant_ids: Vec::new() };
    let available =
        AvailabilityChanged { variant_id, product_id, availability: StockAvailability::InStock, revision: 1 };
    let is = |line: String, result: &str| assert!(line.contains(result), "{line}");
    is(tell(&cloud, FUNCTION, available).await, "applied");
    is(tell(&cloud, FUNCTION, published).await, "applied");
    is(tell(&cloud, FUNCTION, archived).await, "applied");
    is(tell(&cloud, FUNCTION, changed).await, "duplicate");
}
