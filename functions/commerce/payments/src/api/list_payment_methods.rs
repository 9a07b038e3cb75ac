//! `GET /v1/commerce/payment-methods`: list payment methods.
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
pub struct ListPaymentMethodsItem {
    #[schema(example = "Harbour")]
    name: String,
}

/// List payment methods
#[utoipa::path(
    get, path = "/v1/commerce/payment-methods", operation_id = "list_payment_methods", tag = "payments",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "One page", body = List<ListPaymentMethodsItem>),
    )
)]
pub async fn list_payment_methods(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    _page: Page,
) -> Result<Json<List<ListPaymentMethodsItem>>, Problem> {
    Ok(Json(List { items: Vec::new(), next_cursor: None }))
}
