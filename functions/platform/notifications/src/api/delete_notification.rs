//! `DELETE /v1/notifications/{id}`: deletes a notification from the caller's inbox. Emits `notifications.notifications_read.v1` if it was
//! unread.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::Uuid;

use crate::api::unread;
use crate::ctx::Public;
use crate::problem::Refusal;

/// Delete a notification
///
/// Removes it from the inbox for good. E-mails, push messages and digests that wait to be sent leave it out, except for
/// security warnings.
#[utoipa::path(
    delete, path = "/v1/notifications/{id}", operation_id = "delete_notification", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "ID of the notification")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`notifications.no_such_notification`"),
    )
)]
pub async fn delete_notification(
    State(ctx): State<&'static Public>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let (_, item) = standing.with(ctx.store.inbox_item(standing.user_id(), id)).await?;
    let now = ctx.clock.now();
    let outbox = unread::no_longer(&call, now, item.iter().map(|item| &item.value))?;
    let found = ctx.store.delete_one(item, now, &outbox).await?;
    if found { Ok(NoContent) } else { Err(Refusal::NoSuchNotification.into()) }
}
