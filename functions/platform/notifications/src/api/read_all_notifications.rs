//! `POST /v1/notifications/read-all`: the caller has read what was unread, up to 500 of it at once.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ctx::Public;

/// How many notifications are looked at together.
const PAGE_NOTIFICATIONS: u32 = 100;
/// How many pages one call reads: with ten changes at a time, five hundred take less than a second.
const MAX_PAGES: usize = 5;

/// What became of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllRead {
    /// How many are read now that were not before.
    read: u32,
    /// Whether some are left: call again.
    more: bool,
}

/// Mark all notifications as read
///
/// Up to 500 at once, the newest first. What comes in meanwhile stays unread.
#[utoipa::path(
    post, path = "/v1/notifications/read-all", operation_id = "read_all_notifications", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "They are read", body = AllRead),
    )
)]
pub async fn read_all_notifications(
    State(ctx): State<&'static Public>,
    caller: Caller,
) -> Result<Json<AllRead>, Problem> {
    let now = ctx.clock.now();
    let (mut read, mut left, mut next) = (0, 0, None);
    for _ in 0..MAX_PAGES {
        let page = ctx.store.read_page(caller.user_id, PAGE_NOTIFICATIONS, next, now).await?;
        read += page.read;
        left += page.left;
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    Ok(Json(AllRead { read, more: left > 0 || next.is_some() }))
}
