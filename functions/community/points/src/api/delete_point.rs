//! `DELETE /v1/community/points/{id}`: deletes a point.
//!
//! Emits `points.point_removed.v1`, on which `points-keep-copies` deletes its subscriptions.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Id, IfMatch, Invocation, NoContent, Path, Problem};
use kit::openapi::OptionalIfMatch;
use types::PointId;

use crate::api::rules;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Delete a point
///
/// Allowed for the keeper and admins. Removes its photos and subscriptions. Supports optimistic concurrency with
/// `If-Match`.
#[utoipa::path(
    delete, path = "/v1/community/points/{id}", operation_id = "delete_point", tag = "points",
    security(("bearer" = [])),
    params(
        ("id" = PointId, Path, description = "Point ID"),
        OptionalIfMatch,
    ),
    responses(
        (status = 204, description = "Point deleted"),
        (status = 403, description = "`points.not_keeper`: only the keeper and admins can change the point"),
        (status = 404, description = "`points.no_such_point`: no point with this ID"),
    )
)]
pub async fn delete_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, read) = standing.with(ctx.store.at_point(id)).await?;
        let read = read.ok_or(Refusal::NoSuchPoint)?;
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
