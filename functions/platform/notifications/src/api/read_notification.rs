//! `POST /v1/notifications/{id}/read`: marks a notification read. Emits `notifications.notifications_read.v1` if it was unread.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::Uuid;

use crate::api::unread;
use crate::ctx::Public;
use crate::problem::Refusal;

/// Mark a notification read
///
/// E-mails, push messages and digests that wait to be sent leave it out, except for security warnings. Idempotent: `readAt`
/// keeps the time of the first request.
#[utoipa::path(
    post, path = "/v1/notifications/{id}/read", operation_id = "read_notification", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "ID of the notification")),
    responses(
        (status = 204, description = "Marked read"),
        (status = 404, description = "`notifications.no_such_notification`"),
    )
)]
pub async fn read_notification(
    State(ctx): State<&'static Public>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let (_, item) = standing.with(ctx.store.inbox_item(standing.user_id(), id)).await?;
    let now = ctx.clock.now();
    let outbox = unread::no_longer(&call, now, item.iter().map(|item| &item.value))?;
    let found = ctx.store.read_one(item, now, &outbox).await?;
    if found { Ok(NoContent) } else { Err(Refusal::NoSuchNotification.into()) }
}
