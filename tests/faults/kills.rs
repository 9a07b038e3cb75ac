//! Kills a function at one of its calls: a fault holds the call back, and the function is killed meanwhile.

use serde_json::json;
use tests::{Cloud, eventually};

/// How long a call is held back.
const HELD_MILLIS: u64 = 5_000;

/// The call at which a function is killed.
#[derive(Debug, Clone, Copy)]
pub struct Kill<'a> {
    /// The function.
    pub binary: &'a str,
    service: &'a str,
    operation: &'a str,
    contains: Option<&'a str>,
    when: &'a str,
}

impl<'a> Kill<'a> {
    /// Before or after a transaction of the table that contains a text.
    pub const fn write(binary: &'a str, contains: &'a str, when: &'a str) -> Self {
        Self { binary, service: "dynamodb", operation: "TransactWriteItems", contains: Some(contains), when }
    }

    /// Before or after a call to Stripe.
    pub const fn call(binary: &'a str, operation: &'a str, when: &'a str) -> Self {
        Self { binary, service: "payments", operation, contains: None, when }
    }
}

/// Holds the next such call back.
pub async fn inject(cloud: &Cloud, kill: &Kill<'_>) {
    let Kill { service, operation, contains, when, .. } = kill;
    let mut fault = json!({ "service": service, "operation": operation, "when": when, "delayMs": HELD_MILLIS });
    if let Some(text) = contains {
        fault["contains"] = json!(text);
    }
    cloud.inject(&fault).await;
}

/// Waits until the call is held back.
pub async fn is_met(cloud: &Cloud, kill: &Kill<'_>) {
    eventually(&format!("{kill:?}"), async || {
        let faults = cloud.local("GET", "faults").send().await.expect(200);
        let is_this = |fault: &serde_json::Value| {
            fault["service"] == kill.service
                && fault["operation"] == kill.operation
                && fault["contains"].as_str() == kill.contains
        };
        (!faults.as_array()?.iter().any(is_this)).then_some(())
    })
    .await;
}

/// Kills a function at its work.
pub async fn kill(cloud: &Cloud, binary: &str) {
    let killed = cloud.local("POST", &format!("functions/{binary}/kill")).send().await.expect(200);
    assert!(killed["running"].as_u64() > Some(0), "{binary}: {killed}");
}

/// Does something that leads to the call, and kills the function there.
pub async fn killed<T>(cloud: &Cloud, at: &Kill<'_>, work: impl Future<Output = T>) -> T {
    inject(cloud, at).await;
    let (done, ()) = futures::join!(work, async {
        is_met(cloud, at).await;
        kill(cloud, at.binary).await;
    });
    done
}
