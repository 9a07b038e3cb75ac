//! `GET /v1/commerce/customers/{userId}/group`: the customer group of a user.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, Path, Problem};
use types::UserId;

use crate::api::set_customer_group::{CustomerPath, CustomerView};
use crate::ctx::Ctx;

/// Get the group of a customer
///
/// Users without a group, and user IDs without an account, have the group null: accounts are not known here. Requires the role
/// `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/customers/{userId}/group", operation_id = "get_customer_group", tag = "orders",
    security(("bearer" = ["manager"])),
    params(("userId" = UserId, Path, description = "User ID")),
    responses((status = 200, description = "The customer", body = CustomerView))
)]
pub async fn get_customer_group(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(CustomerPath { user_id }): Path<CustomerPath>,
) -> Result<Json<CustomerView>, Problem> {
    let (_, customer) = standing.with(ctx.store.customer(user_id)).await?;
    Ok(Json(CustomerView { user_id, group: customer.and_then(|customer| customer.value.group) }))
}
