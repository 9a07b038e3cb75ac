//! `DELETE /v1/media/{id}`: deletes an image in any status.
//!
//! Emits `media.deleted.v1` if the image was published.
//!
//! The item is marked as deleted first, so that a check in progress cannot publish it; then the objects are
//! deleted. A check can still write objects after that: it notices and deletes them, and if it is killed before,
//! the scheduled sweep deletes them.

use axum::extract::State;
use contracts::media::MediaDeleted;
use dynamo::{Outbox, StoreError};
use kit::auth::Standing;
use kit::http::{Id, IfMatch, Invocation, NoContent, Path, Problem};
use kit::openapi::OptionalIfMatch;
use types::MediaId;

use crate::ctx::Ctx;
use crate::domain::medium::{Medium, Status};
use crate::problem::Refusal;
use crate::store::NotChanged;

/// Maximum number of attempts against a concurrent check of the same image.
const MAX_ATTEMPTS: u32 = 5;

/// Delete a media item
///
/// Deletes the image and its files. Only the owner can delete it. Idempotent. Supports optimistic concurrency with
/// `If-Match`.
#[utoipa::path(
    delete, path = "/v1/media/{id}", operation_id = "delete_media", tag = "media",
    security(("bearer" = [])),
    params(
        ("id" = MediaId, Path, description = "Media ID"),
        OptionalIfMatch,
    ),
    responses(
        (status = 204, description = "Media item deleted"),
        (status = 404, description = "`media.no_such_media`: the caller has no image with this ID"),
    )
)]
pub async fn delete_media(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<MediaId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let (caller, read) = standing.with(ctx.store.medium(standing.user_id(), id)).await?;
    let mut read = read.ok_or(Refusal::NoSuchMedia)?;
    for _ in 0..MAX_ATTEMPTS {
        // A repeated deletion deletes the files again, in case the first one failed halfway.
        if !matches!(read.value.status, Status::Deleted { .. }) {
            if let Some(seen) = seen {
                seen.check(read.version)?;
            }
            match ctx.store.change(&read, read.value.deleted(now), &deletion_event(&call, &read.value, now)?).await {
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

/// The event, if other users could see the image.
fn deletion_event(call: &Invocation, medium: &Medium, now: jiff::Timestamp) -> Result<Outbox, Problem> {
    if !matches!(medium.status, Status::Published { .. }) {
        return Ok(Outbox::none());
    }
    let purpose = medium.purpose.as_str().to_owned();
    let fact = MediaDeleted { media_id: medium.id, owner_id: medium.owner_id, purpose };
    Ok(Outbox::of(call.event(now, fact))?)
}
