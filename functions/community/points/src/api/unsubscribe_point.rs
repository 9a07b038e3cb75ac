//! `DELETE /v1/community/points/{id}/subscription`: the caller wants to hear of a point no more.
//! Emits `points.point_unsubscribed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Caller;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::PointId;

use crate::ctx::Ctx;

/// Unsubscribe from a point
///
/// Whoever has no subscription has none afterwards either: it is no mistake, and neither is a point that is gone.
#[utoipa::path(
    delete, path = "/v1/community/points/{id}/subscription", operation_id = "unsubscribe_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Which point")),
    responses(
        (status = 204, description = "The caller hears of it no more"),
    )
)]
pub async fn unsubscribe_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let Some(read) = ctx.store.subscription(id, caller.user_id).await? else { return Ok(NoContent) };
        let Some(next) = read.value.ended(now) else { return Ok(NoContent) };
        let outbox = Outbox::of(call.event(now, next.ended_fact(read.version + 1)))?;
        if ctx.store.unsubscribe(&read, next, &outbox).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
