//! On `notifications.notification_added.v1`: appends the notification to the user's log, and sends it to open
//! connections.
//!
//! The message is in the log before it is sent. After a crash in between, the event is retried, finds the message
//! in the log and sends it again; clients ignore numbers that they have.

use contracts::Envelope;
use contracts::notifications::NotificationAdded;
use kit::sqs::{Done, Handled};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::delivery;
use crate::domain::log::Content;
use crate::frames::Frame;
use crate::store::{AppendOutcome, UserErased};

/// Handles one event.
pub async fn push_notifications(ctx: &'static Ctx, event: Envelope<Value>) -> Handled {
    let event = event.decode::<NotificationAdded>()?;
    let (user, now) = (event.data.user_id, ctx.clock.now());
    let content = Content::Notification(event.data.into());
    let (message, done) = match ctx.store.append(user, event.id, content, now).await? {
        Err(UserErased) => return Ok(Done::Ignored),
        Ok(AppendOutcome::New(message)) => (message, Done::Applied),
        Ok(AppendOutcome::Before(seen, _)) if !seen.is_pushed_again(now) => return Ok(Done::Duplicate),
        Ok(AppendOutcome::Before(_, message)) => (message, Done::Duplicate),
    };
    delivery::to_user(ctx, user, &Frame::Message(&message).text(None), now).await?;
    Ok(done)
}
