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
    key_prefix: Option<&'a str>,
    when: &'a str,
}

impl<'a> Kill<'a> {
    /// Before or after a transaction of the table that contains a text.
    pub const fn write(binary: &'a str, contains: &'a str, when: &'a str) -> Self {
        Self {
            binary,
            service: "dynamodb",
            operation: "TransactWriteItems",
            contains: Some(contains),
            key_prefix: None,
            when,
        }
    }

    /// Before or after a call to Stripe.
    pub const fn call(binary: &'a str, operation: &'a str, when: &'a str) -> Self {
        Self { binary, service: "payments", operation, contains: None, key_prefix: None, when }
    }

    /// Before or after an operation of the table on keys with a prefix.
    pub const fn keys(binary: &'a str, operation: &'a str, prefix: &'a str, when: &'a str) -> Self {
        Self { binary, service: "dynamodb", operation, contains: None, key_prefix: Some(prefix), when }
    }

    /// Before or after a call to the bucket.
    pub const fn bucket(binary: &'a str, operation: &'a str, when: &'a str) -> Self {
        Self { binary, service: "s3", operation, contains: None, key_prefix: None, when }
    }

    /// Before or after a message with a text is put in a queue.
    pub const fn message(binary: &'a str, text: &'a str, when: &'a str) -> Self {
        Self { binary, service: "sqs", operation: "SendMessage", contains: Some(text), key_prefix: None, when }
    }

    /// The same, for calls that contain a text.
    pub const fn containing(self, text: &'a str) -> Self {
        Self { contains: Some(text), ..self }
    }
}

impl Kill<'_> {
    /// What a partition key of the call begins with: functions write items of their own context only, and other contexts may write
    /// the same text at the same time.
    fn prefix(&self) -> Option<String> {
        let context = || self.binary.split('-').next().map(|context| format!("{context}#"));
        self.key_prefix.map(str::to_owned).or_else(|| context().filter(|_| self.service == "dynamodb"))
    }
}

/// Holds the next such call back.
pub async fn inject(cloud: &Cloud, kill: &Kill<'_>) {
    let Kill { service, operation, contains, when, .. } = kill;
    let mut fault = json!({ "service": service, "operation": operation, "when": when, "delayMs": HELD_MILLIS });
    if let Some(text) = contains {
        fault["contains"] = json!(text);
    }
    if let Some(prefix) = kill.prefix() {
        fault["keyPrefix"] = json!(prefix);
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
                && fault["keyPrefix"].as_str() == kill.prefix().as_deref()
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
