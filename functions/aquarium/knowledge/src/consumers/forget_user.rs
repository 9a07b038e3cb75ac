//! On `identity.user_deleted.v1`: deletes the user's imports with their files, and open suggestions. Versions of guides and decided
//! suggestions stay without the user. Species that an import wrote stay: they say nothing on the user.
//!
//! The marker comes first, so nothing new is written meanwhile. Everything is found from the user's own partition, which is deleted
//! last, so a repeat goes on where this one was killed.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::Deadline;
use kit::sqs::{Done, Failure, PartlyHandled, Progress, Round, in_rounds};
use serde_json::Value;
use types::UserId;

use crate::ctx::Importing;

/// Handles one event. The items come first: an import without its item cannot write a file.
pub async fn forget_user(ctx: &'static Importing, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    ctx.store.mark_forgotten(user, ctx.clock.now()).await?;
    let items = in_rounds(deadline, async || round(ctx, user).await).await?;
    if matches!(items, Progress::Continue(_)) {
        return Ok(items);
    }
    Ok(match ctx.importer.forget(user).await? {
        Progress::Finished(Done::Duplicate) => items,
        files => files,
    })
}

async fn round(ctx: &Importing, user: UserId) -> Result<Round, Failure> {
    let works = ctx.store.forget_works(user).await?;
    let suggestions = ctx.store.forget_suggestions(user).await?;
    let changed = works.changed + suggestions.changed;
    if works.more || suggestions.more {
        return Ok(Round { changed, more: true });
    }
    let forgotten = ctx.store.forget(user).await?;
    Ok(Round { changed: changed + forgotten.items, more: forgotten.more })
}
