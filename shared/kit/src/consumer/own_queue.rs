//! The queue that feeds a consumer, for the continuations that it sends to itself.

use aws_sdk_sqs::types::MessageAttributeValue;

use super::Pause;

/// How often one message may be continued. A consumer works for most of its time-out before it continues, so this is hours.
pub const MAX_CONTINUATIONS: u32 = 1_000;

/// The message attribute that counts continuations.
pub(crate) const CONTINUATIONS: &str = "continuations";

/// The queue that feeds this consumer.
///
/// A continuation is sent before the message that it continues is acknowledged. Killed in between, there are two messages
/// with the same content, which at-least-once delivery allows; nothing is lost.
///
/// Lambda stops a function that sends to its own queue after about 16 turns, unless its template has `RecursiveLoop: Allow`.
#[derive(Debug, Clone)]
pub struct OwnQueue {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl OwnQueue {
    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Sends the continuation number `number` of a message.
    pub(crate) async fn put(&self, body: &str, pause: Pause, number: u32) -> Result<(), String> {
        let count = MessageAttributeValue::builder()
            .data_type("Number")
            .string_value(number.to_string())
            .build()
            .map_err(|error| error.to_string())?;
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(pause.as_seconds().into())
            .message_attributes(CONTINUATIONS, count)
            .send();
        sent.await.map(drop).map_err(|error| format!("the own queue refused: {}", super::with_causes(&error)))
    }
}
