//! `GET /v1/commerce/admin/payments/unmatched`: list unmatched payments.
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
pub struct ListUnmatchedPaymentsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List unmatched payments
#[utoipa::path(
    get, path = "/v1/commerce/admin/payments/unmatched", operation_id = "list_unmatched_payments", tag = "payments",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListUnmatchedPaymentsItem>),
    )
)]
pub async fn list_unmatched_payments(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListUnmatchedPaymentsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
