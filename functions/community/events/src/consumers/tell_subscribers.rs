//! On `events.event_reported.v1`: tells those who follow the point, except the author.
//! Emits `notifications.requested.v1`, one for a hundred people.

use contracts::Envelope;
use contracts::events::EventReported;
use contracts::notifications::{Category, Message};
use kit::Deadline;
use kit::sqs::PartlyHandled;
use serde_json::Value;

use super::tell::tell;
use crate::ctx::ConsumerContext;
use crate::domain::broadcast::Broadcast;

/// Handles one event.
pub async fn tell_subscribers(
    ctx: &'static ConsumerContext,
    event: Envelope<Value>,
    deadline: Deadline,
) -> PartlyHandled {
    let event = event.decode::<EventReported>()?;
    let fact = event.data;
    let message = Message {
        template: "care_event".to_owned(),
        data: [
            ("event".to_owned(), fact.type_name),
            ("point".to_owned(), fact.point_name),
            ("event_id".to_owned(), fact.event_id.to_string()),
            ("point_id".to_owned(), fact.point_id.to_string()),
        ]
        .into(),
        link: Some(format!("/points/{}", fact.point_id)),
    };
    let id = Broadcast::id_of_event(fact.event_id);
    let now = ctx.clock.now();
    let wanted = Broadcast::new(id, fact.point_id, Category::Activity, message, event.correlation_id, now);
    let started = ctx.store.start_broadcast(wanted).await?;
    tell(ctx, started, Some(fact.user_id), deadline).await
}
