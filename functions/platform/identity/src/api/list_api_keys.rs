//! `GET /v1/api-keys`: the API keys of services, newest first.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Json, List, Page, Problem};

use crate::api::ApiKeyView;
use crate::ctx::Public;

/// List API keys
///
/// Requires the role `admin`. Newest first, without the keys themselves. Expired keys stay in the list for up to
/// two days.
#[utoipa::path(
    get, path = "/v1/api-keys", operation_id = "list_api_keys", tag = "identity",
    security(("bearer" = ["admin"])),
    params(
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<ApiKeyView>),
    )
)]
pub async fn list_api_keys(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    page: Page,
) -> Result<Json<List<ApiKeyView>>, Problem> {
    let (_, found) = admin.with(ctx.store.api_keys(page.limit, page.cursor)).await?;
    Ok(Json(List::of(found, |key| ApiKeyView::from(&key.value))))
}
