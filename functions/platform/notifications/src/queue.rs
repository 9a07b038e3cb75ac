//! The queue that senders wait at, for what does not come over the bus: second tries and what was left lying.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use contracts::Envelope;
use contracts::notifications::DeliveryQueued;
use jiff::SignedDuration;
use kit::sdk;
use serde_json::json;

/// The most messages of one call (SQS's own bound).
pub const MAX_BATCH_MESSAGES: usize = 10;

/// The queue of deliveries.
#[derive(Debug, Clone)]
pub struct DeliveryQueue {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl DeliveryQueue {
    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Puts an event there, as the bus does, to be seen after a pause of at most fifteen minutes.
    pub async fn send_later(&self, event: Envelope<DeliveryQueued>, pause: SignedDuration) -> Result<(), String> {
        // Rounded up: a sender that comes too early leaves the delivery alone.
        let seconds = i32::try_from(pause.as_secs() + 1).unwrap_or(i32::MAX).min(900);
        let message = self.client.send_message().queue_url(&self.url).message_body(body(&event)).delay_seconds(seconds);
        message.send().await.map(drop).map_err(|error| format!("SQS: {}", sdk::told(&error)))
    }

    /// Puts up to ten events there.
    pub async fn send_all(&self, events: &[Envelope<DeliveryQueued>]) -> Result<(), String> {
        let entries = events.iter().enumerate().map(|(index, event)| {
            SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body(event)).build()
        });
        let entries: Vec<_> = entries.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let sent = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries)).send().await;
        let failed = sent.map_err(|error| format!("SQS: {}", sdk::told(&error)))?.failed;
        if failed.is_empty() { Ok(()) } else { Err(format!("SQS refused {} messages", failed.len())) }
    }
}

/// An event as the bus wraps it.
fn body(event: &Envelope<DeliveryQueued>) -> String {
    let source = format!("atoll.{}", event.context());
    json!({ "detail-type": event.detail_type(), "source": source, "detail": event }).to_string()
}

/// The event that has a delivery sent.
pub fn queued(delivery: &crate::domain::delivery::Delivery) -> DeliveryQueued {
    DeliveryQueued { user_id: delivery.user_id, delivery: delivery.id().to_string() }
}
