//! Tells all who follow a point, page by page. Killed anywhere, it goes on from the page that is not told.

use contracts::{Actor, Envelope};
use dynamo::{Outbox, Versioned};
use kit::Deadline;
use kit::sqs::{Done, Failure, PartlyHandled, Pause, Progress};
use types::{EventId, UserId};

use crate::ctx::ConsumerContext;
use crate::domain::broadcast::Broadcast;
use crate::store::NotChanged;

/// Goes on with a telling until all are told or the deadline has passed.
pub(super) async fn tell(
    ctx: &ConsumerContext,
    started: Versioned<Broadcast>,
    except: Option<UserId>,
    deadline: Deadline,
) -> PartlyHandled {
    if started.value.done {
        return Ok(Done::Duplicate.into());
    }
    let mut read = started;
    loop {
        read = match page(ctx, &read, except).await? {
            Some(next) => next,
            // The progress was swept: that takes longer than any message lives.
            None => return Ok(Done::Ignored.into()),
        };
        if read.value.done {
            return Ok(Done::Applied.into());
        }
        if deadline.has_passed() {
            return Ok(Progress::Continue(Pause::NONE));
        }
    }
}

/// Notifies one page of followers. Returns the progress after it, or after what another function did meanwhile.
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
