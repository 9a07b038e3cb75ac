//! `GET /v1/commerce/admin/payments`: list payments.
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
pub struct ListPaymentsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List payments
#[utoipa::path(
    get, path = "/v1/commerce/admin/payments", operation_id = "list_payments", tag = "payments",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListPaymentsItem>),
    )
)]
pub async fn list_payments(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListPaymentsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
