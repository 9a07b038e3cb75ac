//! `POST /v1/notifications/read-all`: marks up to 500 unread notifications as read. Emits
//! `notifications.notifications_read.v1` with up to a hundred of them each.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Invocation, Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::unread;
use crate::ctx::Public;
use crate::domain::inbox::InboxItem;

/// Notifications per page, which is one transaction and one event.
const PAGE_NOTIFICATIONS: u32 = 100;
/// Pages per request: 500 changes take less than a second.
const MAX_PAGES: usize = 5;

/// The result of marking all as read.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllRead {
    /// Number of notifications that were marked read.
    read: u32,
    /// Whether unread ones are left. Repeat the request.
    more: bool,
}

/// Mark all notifications read
///
/// Up to 500 per request, newest first. Notifications that arrive during the request stay unread.
#[utoipa::path(
    post, path = "/v1/notifications/read-all", operation_id = "read_all_notifications", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Marked read", body = AllRead),
    )
)]
pub async fn read_all_notifications(
    State(ctx): State<&'static Public>,
    call: Invocation,
    standing: Standing,
) -> Result<Json<AllRead>, Problem> {
    let (caller, now) = (standing.check().await?, ctx.clock.now());
    let (mut read, mut left, mut next) = (0, 0, None);
    for _ in 0..MAX_PAGES {
        let outbox = |items: &[&InboxItem]| unread::no_longer(&call, now, items.iter().copied());
        let page = Box::pin(ctx.store.read_page(caller.user_id, PAGE_NOTIFICATIONS, next, now, outbox)).await?;
        read += page.read;
        left += page.left;
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    Ok(Json(AllRead { read, more: left > 0 || next.is_some() }))
}
