//! `GET /v1/aquarium/identifications`: list identifications.
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
pub struct ListIdentificationsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List identifications
#[utoipa::path(
    get, path = "/v1/aquarium/identifications", operation_id = "list_identifications", tag = "vision",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListIdentificationsItem>),
    )
)]
pub async fn list_identifications(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListIdentificationsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
