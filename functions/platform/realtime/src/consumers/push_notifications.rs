//! On `notifications.notification_added.v1`: appends it to the user's log, and tells the user's open sockets.
//!
//! The message stands in the log before any socket hears of it. A consumer that dies in between is called again with the
//! same event, finds the mark, and pushes again; clients ignore a number that they have.

use contracts::Envelope;
use contracts::notifications::NotificationAdded;
use kit::sqs::{Done, Handled};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::delivery;
use crate::domain::log::Content;
use crate::frames::Frame;
use crate::store::{IsForgotten, Noted};

/// Handles one event.
pub async fn push_notifications(ctx: &'static Ctx, event: Envelope<Value>) -> Handled {
    let event = event.decode::<NotificationAdded>()?;
    let (user, now) = (event.data.user_id, ctx.clock.now());
    let content = Content::Notification(event.data.into());
    let (message, done) = match ctx.store.append(user, event.id, content, now).await? {
        Err(IsForgotten) => return Ok(Done::Ignored),
        Ok(Noted::New(message)) => (message, Done::Applied),
        Ok(Noted::Before(seen, _)) if !seen.is_pushed_again(now) => return Ok(Done::Duplicate),
        Ok(Noted::Before(_, message)) => (message, Done::Duplicate),
    };
    delivery::to_user(ctx, user, &Frame::Message(&message).text(None), now).await?;
    Ok(done)
}
