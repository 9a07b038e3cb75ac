//! `POST /v1/notifications/{id}/read`: the caller has read it.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, NoContent, Path, Problem};
use types::Uuid;

use crate::ctx::Public;
use crate::problem::Refusal;

/// Mark a notification as read
///
/// A second time changes nothing: it keeps the time at which it was read first.
#[utoipa::path(
    post, path = "/v1/notifications/{id}/read", operation_id = "read_notification", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The notification")),
    responses(
        (status = 204, description = "It is read"),
        (status = 404, description = "`notifications.no_such_notification`"),
    )
)]
pub async fn read_notification(
    State(ctx): State<&'static Public>,
    caller: Caller,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let found = ctx.store.read_one(caller.user_id, id, ctx.clock.now()).await?;
    if found { Ok(NoContent) } else { Err(Refusal::NoSuchNotification.into()) }
}
