//! The event that notifications are no longer unread.

use dynamo::Outbox;
use dynamo::outbox::OutboxError;
use jiff::Timestamp;
use kit::http::Invocation;

use crate::domain::inbox::{InboxItem, read_fact};

/// Returns the outbox of a write after which these notifications of one user are no longer unread; empty without any.
pub fn no_longer<'a>(
    call: &Invocation,
    now: Timestamp,
    items: impl Iterator<Item = &'a InboxItem>,
) -> Result<Outbox, OutboxError> {
    let mut items = items.peekable();
    let Some(user_id) = items.peek().map(|item| item.user_id) else { return Ok(Outbox::none()) };
    Outbox::of(call.event(now, read_fact(user_id, items)))
}
