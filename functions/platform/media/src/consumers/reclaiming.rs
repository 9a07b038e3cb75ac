//! What becomes of profile and pictures after a takeover
//! ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).
//!
//! Name, avatar and pictures from before the takeover are another person's: the profile is emptied, the pictures are deleted.
//! What the owner of the mailbox has set or uploaded since stays, however late the event is.

use contracts::Envelope;
use contracts::identity::AccountReclaimed;
use contracts::media::MediaDeleted;
use dynamo::{ConflictRetry, Cursor, Outbox, Versioned};
use kit::Deadline;
use kit::sqs::{Failure, PageDone, PartlyHandled, in_passes};
use types::EventId;

use crate::ctx::ConsumerContext;
use crate::domain::medium::{Medium, Status};
use crate::store::NotChanged;

/// Pictures per page.
const PAGE_PICTURES: u32 = 50;

/// Discards what was there before the takeover. Each change is conditional on what is stored, so a repeat finds the rest.
pub async fn reclaim(ctx: &ConsumerContext, event: &Envelope<AccountReclaimed>, deadline: Deadline) -> PartlyHandled {
    let emptied = ctx.store.change_profile(event.data.user_id, |profile| profile.reclaimed(event.occurred_at)).await?;
    let deleted = in_passes(deadline, async |after| delete_pictures(ctx, event, after).await).await?;
    Ok(deleted.and_applied(emptied))
}

async fn delete_pictures(
    ctx: &ConsumerContext,
    event: &Envelope<AccountReclaimed>,
    after: Option<Cursor>,
) -> Result<PageDone<Cursor>, Failure> {
    let page = ctx.store.pictures_of(event.data.user_id, PAGE_PICTURES, after).await?;
    let mut changed = 0;
    for read in page.items.into_iter().filter(|read| read.value.created_at <= event.occurred_at) {
        changed += usize::from(delete(ctx, event, read).await?);
    }
    Ok(PageDone { changed, next: page.next })
}

/// Marks a picture as deleted, so that a check in progress cannot publish it, and then deletes its files. Files of a picture
/// that was marked before are deleted by the sweep.
async fn delete(
    ctx: &ConsumerContext,
    event: &Envelope<AccountReclaimed>,
    mut read: Versioned<Medium>,
) -> Result<bool, Failure> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let medium = &read.value;
        let outbox = match medium.status {
            Status::Deleted { .. } => return Ok(false),
            Status::Published { .. } => {
                let (media_id, owner_id) = (medium.id, medium.owner_id);
                let fact = MediaDeleted { media_id, owner_id, purpose: medium.purpose.as_str().to_owned() };
                Outbox::of(event.causing(EventId::generate(), now, fact))?
            }
            Status::AwaitingUpload | Status::Pending { .. } | Status::Rejected { .. } => Outbox::none(),
        };
        read = match ctx.store.change(&read, medium.deleted(now), &outbox).await {
            Ok(_) => {
                ctx.objects.clear(read.value.owner_id, read.value.id).await?;
                return Ok(true);
            }
            Err(NotChanged::Newer(Some(newer))) => *newer,
            Err(NotChanged::Newer(None)) => return Ok(false),
            Err(NotChanged::Store(error)) => return Err(error.into()),
        };
        retry.pause().await?;
    }
}
