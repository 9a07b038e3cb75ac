//! The time until a failed message is delivered again, as AWS has it.
//!
//! By default the local cloud delivers again after a second. A fault test holds redeliveries instead: a failed message stays
//! hidden for the visibility time-out of its queue, and that time passes only while the test waits for something.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_eventbridge::types::RuleState;
use serde_json::{Value, json};

use crate::Cloud;

/// The cloud whose redeliveries this process holds.
static HELD: Mutex<Option<Cloud>> = Mutex::new(None);

impl Cloud {
    /// Connects, and for the rest of the process holds redeliveries and stops what schedules start: a scheduled run would meet
    /// the faults of a test. For fault tests, of which one runs at a time.
    pub async fn connect_for_faults() -> Self {
        let cloud = Self::connect().await;
        cloud.hold().await;
        cloud.stop_schedules().await;
        // The client of the last test belongs to a runtime that has ended.
        HELD.lock().unwrap_or_else(PoisonError::into_inner).replace(cloud.clone());
        cloud
    }

    /// How much time has passed for the queues because tests waited for redeliveries.
    pub async fn skipped(&self) -> Duration {
        Duration::from_secs_f64(self.hold().await["skippedSeconds"].as_f64().expect("a number"))
    }

    /// Disables the rules that start functions at intervals.
    async fn stop_schedules(&self) {
        let client = aws_sdk_eventbridge::Client::new(&self.sdk().await);
        let mut token = None;
        loop {
            let page = client.list_rules().set_next_token(token).send().await.expect("the rules");
            for rule in page.rules() {
                if rule.schedule_expression().is_some() && rule.state() == Some(&RuleState::Enabled) {
                    client.disable_rule().set_name(rule.name.clone()).send().await.expect("a rule that is there");
                }
            }
            token = page.next_token;
            if token.is_none() {
                return;
            }
        }
    }

    async fn hold(&self) -> Value {
        self.local("POST", "queues").json(&json!({ "redelivery": "held" })).send().await.expect(200)
    }
}

/// Lets the queues' time pass to the next redelivery, if redeliveries are held. For loops of a test's own; `eventually` does it.
pub async fn skip_if_held() {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(cloud) = held {
        let reply = cloud.local("POST", "queues/skip").send().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
}
