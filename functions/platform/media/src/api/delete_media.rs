//! `DELETE /v1/media/{id}`: takes a picture away, in whatever state it is.
//! Emits `media.deleted.v1` where others could see it.
//!
//! The item is told first, so that a check that is under way cannot publish any more; then the objects go. A check may still
//! write objects after that: it finds out and deletes them, and where it is killed before it does, the schedule looks again.

use axum::extract::State;
use contracts::media::MediaDeleted;
use dynamo::{Outbox, StoreError};
use kit::auth::Caller;
use kit::http::{Id, IfMatch, Invocation, NoContent, Path, Problem};
use kit::openapi::OptionalIfMatch;
use types::MediaId;

use crate::ctx::Ctx;
use crate::domain::medium::{Medium, Status};
use crate::problem::Refusal;
use crate::store::NotChanged;

/// How often a deletion is tried against a check of the same picture.
const MAX_ATTEMPTS: u32 = 5;

/// Delete a picture
///
/// Its files go with it. Doing it again does no harm. `If-Match` is honoured.
#[utoipa::path(
    delete, path = "/v1/media/{id}", operation_id = "delete_media", tag = "media",
    security(("bearer" = [])),
    params(
        ("id" = MediaId, Path, description = "Which picture"),
        OptionalIfMatch,
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "`media.no_such_media`: the caller has no such picture"),
    )
)]
pub async fn delete_media(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<MediaId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut read = ctx.store.medium(caller.user_id, id).await?.ok_or(Refusal::NoSuchMedia)?;
    for _ in 0..MAX_ATTEMPTS {
        // Who repeats a deletion wants the files gone, whatever became of them the first time.
        if !matches!(read.value.status, Status::Deleted { .. }) {
            if let Some(seen) = seen {
                seen.check(read.version)?;
            }
            match ctx.store.change(&read, read.value.deleted(now), &told(&call, &read.value, now)?).await {
                Ok(_) => {}
                Err(NotChanged::Newer(newer)) => {
                    read = *newer.ok_or(Refusal::NoSuchMedia)?;
                    continue;
                }
                Err(NotChanged::Store(error)) => return Err(error.into()),
            }
        }
        ctx.objects.clear(caller.user_id, id).await?;
        return Ok(NoContent);
    }
    Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
}

/// Only what others could see is of interest to them.
fn told(call: &Invocation, medium: &Medium, now: jiff::Timestamp) -> Result<Outbox, Problem> {
    if !matches!(medium.status, Status::Published { .. }) {
        return Ok(Outbox::none());
    }
    let purpose = medium.purpose.as_str().to_owned();
    let fact = MediaDeleted { media_id: medium.id, owner_id: medium.owner_id, purpose };
    Ok(Outbox::of(call.event(now, fact))?)
}
