//! `PUT /v1/community/points/{id}/subscription`: the caller wants to hear of a point.
//! Emits `points.point_subscribed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Caller;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::PointId;

use crate::api::rules;
use crate::ctx::Ctx;
use crate::domain::subscription::Subscription;
use crate::problem::Refusal;
use crate::store::Saved;

/// Subscribe to a point
///
/// Its subscribers are told of what happens there. Doing it again does no harm.
#[utoipa::path(
    put, path = "/v1/community/points/{id}/subscription", operation_id = "subscribe_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Which point")),
    responses(
        (status = 204, description = "The caller hears of it"),
        (status = 404, description = "`points.no_such_point`: there is none, or none any more; `points.no_such_user`: the account is gone"),
    )
)]
pub async fn subscribe_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (point, read) = ctx.store.point_for(id, caller.user_id).await?;
        rules::standing(point)?;
        if read.as_ref().is_some_and(|read| read.value.active) {
            return Ok(NoContent);
        }
        let next = Subscription::begun(caller.user_id, id, now);
        let revision = read.as_ref().map_or(0, |read| read.version) + 1;
        let outbox = Outbox::of(call.event(now, next.begun_fact(revision)))?;
        match ctx.store.subscribe(read.as_ref(), &next, &outbox).await? {
            Saved::Yes => return Ok(NoContent),
            Saved::Forgotten => return Err(Refusal::NoSuchUser.into()),
            Saved::Moved => retry.pause().await?,
        }
    }
}
