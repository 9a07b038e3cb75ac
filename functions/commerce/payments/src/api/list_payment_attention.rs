//! `GET /v1/commerce/admin/payments/attention`: list payment attention.
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
pub struct ListPaymentAttentionItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List payment attention
#[utoipa::path(
    get, path = "/v1/commerce/admin/payments/attention", operation_id = "list_payment_attention", tag = "payments",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListPaymentAttentionItem>),
    )
)]
pub async fn list_payment_attention(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListPaymentAttentionItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
