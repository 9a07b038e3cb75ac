//! A test's own ear on the bus.

use aws_sdk_eventbridge::types::Target;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};
use types::Uuid;

use crate::Cloud;

/// The events of some types from now on.
#[derive(Debug, Clone)]
pub struct Watch {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Watch {
    /// The events that came since the last call, each an envelope.
    pub async fn take(&self) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let receive = self.client.receive_message().queue_url(&self.url).max_number_of_messages(10);
            let messages = receive.send().await.expect("messages").messages.unwrap_or_default();
            if messages.is_empty() {
                return events;
            }
            for message in messages {
                let body: Value = serde_json::from_str(message.body().expect("a body")).expect("json");
                events.push(body["detail"].clone());
                let handle = message.receipt_handle().expect("a handle");
                self.client
                    .delete_message()
                    .queue_url(&self.url)
                    .receipt_handle(handle)
                    .send()
                    .await
                    .expect("a deletion");
            }
        }
    }
}

impl Cloud {
    /// Starts to listen to events of a type, by a rule and a queue of the test's own.
    pub async fn watch(&self, detail_type: &str) -> Watch {
        self.watch_all(&[detail_type]).await
    }

    /// The same for several types.
    pub async fn watch_all(&self, detail_types: &[&str]) -> Watch {
        let config = self.sdk().await;
        let name = format!("watch-{}", Uuid::now_v7().simple());
        let client = aws_sdk_sqs::Client::new(&config);
        let bus = aws_sdk_eventbridge::Client::new(&config);
        let pattern = json!({ "detail-type": detail_types }).to_string();
        let rule = bus.put_rule().event_bus_name(self.bus_name()).name(&name).event_pattern(pattern);
        let rule = rule.send().await.expect("a rule").rule_arn.expect("an arn");

        let url = client.create_queue().queue_name(&name).send().await.expect("a queue").queue_url.expect("a url");
        let arn = QueueAttributeName::QueueArn;
        let attributes = client.get_queue_attributes().queue_url(&url).attribute_names(arn.clone());
        let queue =
            attributes.send().await.expect("attributes").attributes.expect("attributes").remove(&arn).expect("an arn");
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "sqs:SendMessage",
            "Resource": queue, "Condition": { "ArnEquals": { "aws:SourceArn": rule } },
        }]});
        let set =
            client.set_queue_attributes().queue_url(&url).attributes(QueueAttributeName::Policy, policy.to_string());
        set.send().await.expect("a policy");
        let target = Target::builder().id("queue").arn(queue).build().expect("a target");
        bus.put_targets().event_bus_name(self.bus_name()).rule(&name).targets(target).send().await.expect("a target");
        Watch { client, url }
    }
}
