//! The queue of another function.

use crate::sdk;

/// A queue that feeds another function, for work that a sweep finds and does not do itself. A message that stays there is
/// delivered until it is handled, whatever becomes of the sweep.
#[derive(Debug, Clone)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Queue {
    /// The queue at `url`, with a client of its own.
    pub fn connect(config: &sdk::Config, url: impl Into<String>) -> Self {
        Self::new(sdk::client!(aws_sdk_sqs, config), url)
    }

    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Sends a message with this body.
    pub async fn send(&self, body: &str) -> Result<(), String> {
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        sent.map(drop).map_err(|error| format!("SQS: {}", sdk::told(&error)))
    }
}
