//! `DELETE /v1/community/points/{id}/subscription`: unsubscribes the caller from a point.
//!
//! Emits `points.point_unsubscribed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::PointId;

use crate::ctx::Ctx;

/// Unsubscribe from a point
///
/// Idempotent: returns 204 if there is no subscription or no such point.
#[utoipa::path(
    delete, path = "/v1/community/points/{id}/subscription", operation_id = "unsubscribe_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Point ID")),
    responses(
        (status = 204, description = "Not subscribed"),
    )
)]
pub async fn unsubscribe_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.subscription(id, standing.user_id())).await?;
        let Some(read) = read else { return Ok(NoContent) };
        let Some(next) = read.value.ended(now) else { return Ok(NoContent) };
        let outbox = Outbox::of(call.event(now, next.ended_fact()))?;
        if ctx.store.unsubscribe(&read, next, &outbox).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
