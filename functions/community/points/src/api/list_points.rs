//! `GET /v1/points`: list points.
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
pub struct ListPointsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List points
#[utoipa::path(
    get, path = "/v1/points", operation_id = "list_points", tag = "points",
    security(("bearer" = [])),
    params(("limit" = Option<u32>, Query, description = "How many items, 1 to 100; 20 if absent"), ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses(
        (status = 200, description = "One page", body = List<ListPointsItem>),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_points(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListPointsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
