//! `analytics-track-people` on `identity.user_registered.v1`, `identity.email_verified.v1`, `identity.session_started.v1`,
//! `orders.order_placed.v1`, `orders.order_confirmed.v1`, `orders.shipment_shipped.v1`, `orders.shipment_delivered.v1`,
//! `events.event_reported.v1`, `wallet.donation_completed.v1`

use contracts::Envelope;
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

/// The examples of all events that are steps of funnels or signs of cohorts.
const EXAMPLES: [&str; 9] = [
    "identity/user_registered",
    "identity/email_verified",
    "identity/session_started",
    "orders/order_placed",
    "orders/order_confirmed",
    "orders/shipment_shipped",
    "orders/shipment_delivered",
    "events/event_reported",
    "wallet/donation_completed",
];

#[tokio::test]
async fn every_event_is_recorded() {
    let cloud = Cloud::connect().await;
    for name in EXAMPLES {
        let example = std::fs::read_to_string(tests::root().join(format!("events/{name}.v1.example.json"))).unwrap();
        let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap();
        (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
        cloud.publish(&event).await;
        let line = eventually("the event's line in the log", async || {
            let of_event =
                |line: &String| line.starts_with("analytics-track-people") && line.contains(&event.correlation_id);
            cloud.log().into_iter().find(of_event)
        })
        .await;
        assert!(line.contains("\"outcome\":\"ok\""), "{line}");
    }
}
