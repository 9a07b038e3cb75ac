//! Facts as other contexts publish them.

use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use types::EventId;

use crate::{Cloud, eventually};

/// Publishes a fact, and waits until a function has handled it. Returns the line that it logged.
pub async fn tell<T: DomainEvent>(cloud: &Cloud, function: &str, fact: T) -> String {
    let id = EventId::generate();
    cloud.publish(&Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)).await;
    let line = eventually("the event's line", async || {
        let of_event = |line: &String| line.starts_with(function) && line.contains(&id.to_string());
        cloud.log().into_iter().find(of_event)
    });
    line.await
}
