//! `DELETE /v1/aquarium/aquariums/{id}`: deletes an aquarium. Requires `If-Match`.
//!
//! Emits `aquariums.aquarium_removed.v1`, on which `aquariums-purge-aquariums` deletes its data.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Id, IfMatch, Invocation, NoContent, Path, Problem};
use types::AquariumId;

use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::Refusal;

/// Delete an aquarium
///
/// Allowed for the owner. Takes effect at once, also for the users with whom it is shared; its data is deleted within minutes.
/// It cannot be restored. Requires `If-Match` with the last `ETag`.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}", operation_id = "delete_aquarium", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        IfMatch,
    ),
    responses(
        (status = 204, description = "Aquarium deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner can delete the aquarium"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn delete_aquarium(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, opened) = standing.with(ctx.store.open(standing.user_id(), id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Owner)?;
        based_on.check(opened.aquarium.version)?;
        let tombstone = opened.access.value.removed(now);
        let outbox = Outbox::of(call.event(now, tombstone.removed_fact(caller.user_id)))?;
        if ctx.store.remove(&opened.access, &opened.aquarium, &tombstone, &outbox).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
