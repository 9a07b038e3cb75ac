//! Tells all who follow a point, page by page. Killed anywhere, it goes on from the page that is not told.

use contracts::{Actor, Envelope};
use dynamo::{Outbox, Versioned};
use kit::sqs::{Done, Failure, Handled};
use types::{EventId, UserId};

use crate::ctx::ConsumerContext;
use crate::domain::broadcast::Broadcast;
use crate::store::NotChanged;

/// How many pages one delivery tells: 25,000 people, in a few seconds. What is more comes with the next delivery, of which
/// a message has five.
const MAX_PAGES: u32 = 250;

/// Goes on with a telling until all are told.
pub(super) async fn tell(ctx: &ConsumerContext, started: Versioned<Broadcast>, except: Option<UserId>) -> Handled {
    if started.value.done {
        return Ok(Done::Duplicate);
    }
    let mut read = started;
    for _ in 0..MAX_PAGES {
        if read.value.done {
            return Ok(Done::Applied);
        }
        read = match page(ctx, &read, except).await? {
            Some(next) => next,
            // The progress was swept: that takes longer than any message lives.
            None => return Ok(Done::Ignored),
        };
    }
    if read.value.done { Ok(Done::Applied) } else { Err(Failure::Retry("a part was told, and there is more".into())) }
}

/// Tells one page; the progress after it, or after what somebody else told in the meantime.
async fn page(
    ctx: &ConsumerContext,
    read: &Versioned<Broadcast>,
    except: Option<UserId>,
) -> Result<Option<Versioned<Broadcast>>, Failure> {
    let page = ctx.store.subscribers(read.value.point_id, read.value.after).await?;
    let people: Vec<_> = page.items.iter().map(|subscription| subscription.value.user_id).collect();
    let (next, request) = read.value.page(&people, page.next.is_none(), except);
    let outbox = match request {
        Some(request) => {
            let correlation_id = read.value.correlation_id.clone();
            let now = ctx.clock.now();
            Outbox::of(Envelope::new(EventId::generate(), now, correlation_id, Actor::System, request))?
        }
        None => Outbox::none(),
    };
    match ctx.store.go_on(read, next, &outbox).await {
        Ok(next) => Ok(Some(next)),
        Err(NotChanged::Newer(newer)) => Ok(newer.map(|newer| *newer)),
        Err(NotChanged::Store(error)) => Err(error.into()),
    }
}
