//! `search-index-products` on `catalog.product_published.v1`, `catalog.product_changed.v1`, `catalog.product_archived.v1`, `catalog.variant_changed.v1`, `catalog.price_changed.v1`, `catalog.price_list_changed.v1`, `catalog.category_changed.v1`, `orders.availability_changed.v1`, `knowledge.species_changed.v1`, `knowledge.species_merged.v1`, `knowledge.guide_changed.v1`

use contracts::Envelope;
use contracts::catalog::{
    CategoryChanged, PriceChanged, PriceListChanged, ProductArchived, ProductChanged, ProductPublished, VariantChanged,
};
use contracts::knowledge::{GuideChanged, SpeciesChanged, SpeciesMerged};
use contracts::orders::AvailabilityChanged;
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn product_published_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/catalog/product_published.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<ProductPublished>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn product_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/catalog/product_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<ProductChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn product_archived_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/catalog/product_archived.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<ProductArchived>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn variant_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/catalog/variant_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<VariantChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn price_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example = std::fs::read_to_string(tests::root().join("events/catalog/price_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PriceChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn price_list_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/catalog/price_list_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<PriceListChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn category_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/catalog/category_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<CategoryChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn availability_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/orders/availability_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<AvailabilityChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn species_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/knowledge/species_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<SpeciesChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn species_merged_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/knowledge/species_merged.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<SpeciesMerged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

#[tokio::test]
async fn guide_changed_is_dealt_with() {
    let cloud = Cloud::connect().await;
    let example =
        std::fs::read_to_string(tests::root().join("events/knowledge/guide_changed.v1.example.json")).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<GuideChanged>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event =
            |line: &String| line.starts_with("search-index-products") && line.contains(&event.correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}
