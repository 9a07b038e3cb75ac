//! `GET /v1/api-keys`: the keys that services call the API with, newest first.

use axum::extract::State;
use kit::auth::{Admin, Require};
use kit::http::{Json, List, Page, Problem};

use crate::api::ApiKeyView;
use crate::ctx::Public;

/// List API keys
///
/// Never the keys themselves: each was shown once. One that has expired is listed for up to two days.
#[utoipa::path(
    get, path = "/v1/api-keys", operation_id = "list_api_keys", tag = "identity",
    security(("bearer" = ["admin"])),
    params(
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = List<ApiKeyView>),
    )
)]
pub async fn list_api_keys(
    State(ctx): State<&'static Public>,
    _admin: Require<Admin>,
    page: Page,
) -> Result<Json<List<ApiKeyView>>, Problem> {
    let found = ctx.store.api_keys(page.limit, page.cursor).await?;
    Ok(Json(List::of(found, |key| ApiKeyView::from(&key.value))))
}
