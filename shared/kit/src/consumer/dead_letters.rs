//! The queue of messages that can never succeed.

use aws_sdk_sqs::types::MessageAttributeValue;

use crate::telemetry;

/// SQS counts attributes as part of the message, which is bounded; this many characters of a reason are enough.
const MAX_REASON_CHARS: usize = 1_000;

/// Where messages go that can never succeed. Consumers of a context may share one queue: each dead letter names its consumer.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl DeadLetters {
    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Adds a message. Its attributes are `reason`, and `consumer`, the name of the function that this process runs.
    pub async fn put(&self, body: &str, reason: &str) -> Result<(), String> {
        let text: String = reason.chars().take(MAX_REASON_CHARS).collect();
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes("reason", attribute(text)?)
            .message_attributes("consumer", attribute(telemetry::function_name())?)
            .send();
        sent.await.map(drop).map_err(|error| format!("the dead-letter queue refused: {}", super::with_causes(&error)))
    }
}

/// An attribute with a text. SQS takes no empty one.
fn attribute(text: String) -> Result<MessageAttributeValue, String> {
    let text = if text.is_empty() { "unknown".to_owned() } else { text };
    MessageAttributeValue::builder().data_type("String").string_value(text).build().map_err(|error| error.to_string())
}
