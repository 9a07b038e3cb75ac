//! `PUT /v1/community/points/{id}/subscription`: subscribes the caller to a point.
//!
//! Emits `points.point_subscribed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::PointId;

use crate::api::rules;
use crate::ctx::Ctx;
use crate::domain::subscription::Subscription;
use crate::problem::Refusal;
use crate::store::Saved;

/// Subscribe to a point
///
/// Subscribers are notified of events at the point. Idempotent.
#[utoipa::path(
    put, path = "/v1/community/points/{id}/subscription", operation_id = "subscribe_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Point ID")),
    responses(
        (status = 204, description = "Subscribed"),
        (status = 404, description = "`points.no_such_point`: no point with this ID; `points.no_such_user`: the account was deleted"),
    )
)]
pub async fn subscribe_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, (point, read)) = standing.with(ctx.store.point_for(id, standing.user_id())).await?;
        rules::standing(point)?;
        if read.as_ref().is_some_and(|read| read.value.active) {
            return Ok(NoContent);
        }
        let next = Subscription::begun(read.as_ref().map(|read| &read.value), caller.user_id, id, now);
        let outbox = Outbox::of(call.event(now, next.begun_fact()))?;
        match ctx.store.subscribe(read.as_ref(), &next, &outbox).await? {
            Saved::Yes => return Ok(NoContent),
            Saved::Forgotten => return Err(Refusal::NoSuchUser.into()),
            Saved::Moved => retry.pause().await?,
        }
    }
}
