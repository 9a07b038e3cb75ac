//! `GET /v1/media`: the images of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::MediaView;
use crate::ctx::Ctx;

/// List my media
///
/// Ordered by ID. The order carries no meaning. A page can contain fewer items than `limit`, because deleted images
/// are skipped.
#[utoipa::path(
    get, path = "/v1/media", operation_id = "list_media", tag = "media",
    security(("bearer" = [])),
    params(
        Page,
    ),
    responses(
        (status = 200, description = "Page of media items", body = List<MediaView>),
    )
)]
pub async fn list_media(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<MediaView>>, Problem> {
    let now = ctx.clock.now();
    let page = ctx.store.list(caller.user_id, page).await?;
    let mut items = Vec::new();
    for medium in &page.items {
        items.extend(MediaView::of(&medium.value, &ctx.objects, now).await?);
    }
    Ok(Json(List::new(items, page.next.as_ref())))
}
