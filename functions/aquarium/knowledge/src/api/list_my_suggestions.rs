//! `GET /v1/aquarium/suggestions/mine`: list my suggestions.
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
pub struct ListMySuggestionsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List my suggestions
#[utoipa::path(
    get, path = "/v1/aquarium/suggestions/mine", operation_id = "list_my_suggestions", tag = "knowledge",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListMySuggestionsItem>),
    )
)]
pub async fn list_my_suggestions(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListMySuggestionsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
