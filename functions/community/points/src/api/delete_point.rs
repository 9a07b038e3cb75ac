//! `DELETE /v1/community/points/{id}`: takes a point off the map, by its keeper or an admin.
//! Emits `points.point_removed.v1`, on which `points-keep-copies` takes away its subscriptions.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Caller;
use kit::http::{Id, IfMatch, Invocation, NoContent, Path, Problem};
use kit::openapi::OptionalIfMatch;
use types::PointId;

use crate::api::rules;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Take a point off the map
///
/// Its keeper and admins may. Its photos are shown there no more, and its subscriptions end. `If-Match` is honoured.
#[utoipa::path(
    delete, path = "/v1/community/points/{id}", operation_id = "delete_point", tag = "points",
    security(("bearer" = [])),
    params(
        ("id" = PointId, Path, description = "Which point"),
        OptionalIfMatch,
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 403, description = "`points.not_keeper`: somebody else keeps it"),
        (status = 404, description = "`points.no_such_point`: there is none, or none any more"),
    )
)]
pub async fn delete_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.at_point(id).await?.ok_or(Refusal::NoSuchPoint)?;
        let point = rules::standing(Some(read.point.clone()))?;
        if !rules::keeps(&caller, &point.value) {
            return Err(Refusal::NotKeeper.into());
        }
        if let Some(seen) = seen {
            seen.check(point.version)?;
        }
        let outbox = Outbox::of(call.event(now, point.value.removed_fact(point.version + 1)))?;
        if ctx.store.remove(&read, &point.value.removed(now), &outbox).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
