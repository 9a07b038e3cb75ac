//! `analytics-track-people` on `identity.user_registered.v1`, `identity.email_verified.v1`, `identity.session_started.v1`,
//! `orders.order_placed.v1`, `orders.order_confirmed.v1`, `orders.shipment_shipped.v1`, `orders.shipment_delivered.v1`,
//! `events.event_reported.v1`, `wallet.donation_completed.v1`

use contracts::Envelope;
use serde_json::Value;
use tests::{Cloud, eventually};
use types::EventId;

/// The examples of all events that are steps of funnels or signs of cohorts, and how many consumers of `orders` refuse each, because
/// there is no such order.
const EXAMPLES: [(&str, usize); 9] = [
    ("identity/user_registered", 0),
    ("identity/email_verified", 0),
    ("identity/session_started", 0),
    ("orders/order_placed", 1),
    ("orders/order_confirmed", 2),
    ("orders/shipment_shipped", 2),
    ("orders/shipment_delivered", 1),
    ("events/event_reported", 0),
    ("wallet/donation_completed", 0),
];

#[tokio::test]
async fn every_event_is_recorded() {
    let cloud = Cloud::connect().await;
    for (name, refused) in EXAMPLES {
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
        assert_eq!(cloud.take_dead_letters(&event.id.to_string(), refused).await.len(), refused);
    }
}
