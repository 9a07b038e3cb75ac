//! `GET /v1/aquarium/guides`: list guides.
//! As generated, the list is empty.

use axum::extract::State;
use kit::http::{Json, List, Page, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ctx::Public;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListGuidesItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List guides
#[utoipa::path(
    get, path = "/v1/aquarium/guides", operation_id = "list_guides", tag = "knowledge",
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListGuidesItem>),
    )
)]
pub async fn list_guides(
    State(_ctx): State<&'static Public>,
    _page: Page,
) -> Result<Json<List<ListGuidesItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
