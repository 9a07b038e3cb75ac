//! `DELETE /v1/notifications/{id}`: takes a notification out of the caller's inbox.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, NoContent, Path, Problem};
use types::Uuid;

use crate::ctx::Public;
use crate::problem::Refusal;

/// Delete a notification
///
/// It does not come back, though the event that brought it may come again. Mail and push messages that are on their way
/// are not called back.
#[utoipa::path(
    delete, path = "/v1/notifications/{id}", operation_id = "delete_notification", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The notification")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "`notifications.no_such_notification`"),
    )
)]
pub async fn delete_notification(
    State(ctx): State<&'static Public>,
    caller: Caller,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let found = ctx.store.delete_one(caller.user_id, id, ctx.clock.now()).await?;
    if found { Ok(NoContent) } else { Err(Refusal::NoSuchNotification.into()) }
}
