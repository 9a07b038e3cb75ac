//! On `identity.user_deleted.v1`: deletes the user's imports and their files. Species that an import wrote stay: they say nothing on the
//! user.

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
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    Ok(Round { changed: forgotten.items, more: forgotten.more })
}
