//! `GET /v1/aquarium/suggestions`: list open suggestions.
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
pub struct ListOpenSuggestionsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List open suggestions
#[utoipa::path(
    get, path = "/v1/aquarium/suggestions", operation_id = "list_open_suggestions", tag = "knowledge",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListOpenSuggestionsItem>),
    )
)]
pub async fn list_open_suggestions(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListOpenSuggestionsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
