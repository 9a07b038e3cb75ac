//! `GET /v1/aquarium/guides/drafts`: list guide drafts.
//! As generated, the list is empty.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ctx::Ctx;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListGuideDraftsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List guide drafts
#[utoipa::path(
    get, path = "/v1/aquarium/guides/drafts", operation_id = "list_guide_drafts", tag = "knowledge",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListGuideDraftsItem>),
    )
)]
pub async fn list_guide_drafts(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListGuideDraftsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
