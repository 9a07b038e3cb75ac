//! Which consumers hear of an event, by the rules of the deployment's bus.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Cloud;

/// What the names of rules of consumers begin with; tests' own rules have other names.
const PREFIX: &str = "atoll-local-";

impl Cloud {
    /// The consumers of each type of event, such as `orders.order_placed.v1`, by the names of their functions.
    pub async fn consumers(&self) -> BTreeMap<String, Vec<String>> {
        let bus = aws_sdk_eventbridge::Client::new(&self.sdk().await);
        let (mut consumers, mut next) = (BTreeMap::<String, Vec<String>>::new(), None);
        loop {
            let list = bus.list_rules().event_bus_name(self.bus_name()).set_next_token(next);
            let page = list.send().await.expect("the rules");
            for rule in page.rules() {
                let Some(function) = rule.name().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
                let pattern = rule.event_pattern().and_then(|pattern| serde_json::from_str::<Value>(pattern).ok());
                let types = pattern.and_then(|pattern| pattern["detail-type"].as_array().cloned()).unwrap_or_default();
                for detail_type in types.iter().filter_map(Value::as_str) {
                    consumers.entry(detail_type.to_owned()).or_default().push(function.to_owned());
                }
            }
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return consumers;
            }
        }
    }
}
