//! `DELETE /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`: deletes a reading that a member recorded by hand. Requires
//! `If-Match`.
//!
//! Emits `aquariums.reading_recorded.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{IfMatch, Invocation, NoContent, Path, Problem};
use types::{AquariumId, ReadingId};

use crate::api::reading_view::ReadingPath;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::{Refusal, SensingRefusal};

/// Delete a manual reading
///
/// Allowed for the owner and keepers. Its `Idempotency-Key` records no other reading for 30 days. Requires `If-Match` with the last
/// `ETag`.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/readings/manual/{readingId}", operation_id = "delete_manual_reading", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("readingId" = ReadingId, Path, description = "Reading ID"),
        IfMatch,
    ),
    responses(
        (status = 204, description = "Reading deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can delete readings"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_reading`: the aquarium has no reading with this ID"),
    )
)]
pub async fn delete_manual_reading(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(ReadingPath { id, reading_id }): Path<ReadingPath>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.open_reading(standing.user_id(), id, reading_id)).await?;
        let (log, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        log.scope.at_least(Role::Keeper)?;
        let read = read.filter(|read| !read.value.is_deleted()).ok_or(SensingRefusal::NoSuchReading)?;
        based_on.check(read.version)?;
        let (deleted, newest) = (read.value.deleted(now), log.newest());
        // Only the newest reading of a parameter has a successor to look for.
        let successor =
            if newest.has(reading_id) { ctx.store.reading_before(&log.scope, &read.value).await? } else { None };
        let newest = newest.without(&read.value, successor.as_ref());
        let outbox = Outbox::of(call.event(now, deleted.fact(read.version + 1)))?;
        if ctx.store.change_reading(&log, &read, (&deleted, &newest), (&outbox, now)).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
