//! `PUT /v1/commerce/customers/{userId}/group`: puts a user into a customer group.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::UserId;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::customer::Customer;
use crate::domain::names::GroupCode;
use crate::problem::Refusal;
use crate::store::CustomerNotWritten;

/// Path of a customer.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerPath {
    /// User ID.
    pub user_id: UserId,
}

/// Request to set the group of a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetCustomerGroup {
    /// Customer group, to which price lists of the catalog apply. Null for none.
    #[schema(value_type = Option<GroupCode>, example = "wholesale")]
    group: Option<String>,
}

/// Customer with the group.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    /// User ID.
    pub user_id: UserId,
    /// Customer group. Null for none.
    pub group: Option<GroupCode>,
}

/// Set the group of a customer
///
/// The prices of the group apply to the user's cart at once. Any user ID is accepted: accounts are not known here. Requires the
/// role `manager` or `admin`. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/customers/{userId}/group", operation_id = "set_customer_group", tag = "orders",
    security(("bearer" = ["manager"])),
    params(("userId" = UserId, Path, description = "User ID")),
    request_body = SetCustomerGroup,
    responses(
        (status = 200, description = "The customer", body = CustomerView),
        (status = 404, description = "`orders.no_such_user`: the user was deleted"),
    )
)]
pub async fn set_customer_group(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(CustomerPath { user_id }): Path<CustomerPath>,
    Json(body): Json<SetCustomerGroup>,
) -> Result<Json<CustomerView>, Problem> {
    let mut fields = Fields::new();
    let group = fields.check("group", body.group.as_deref().map(GroupCode::parse).transpose());
    let (group,) = fields.all((group,))?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.customer(user_id)).await?;
        if read.as_ref().and_then(|read| read.value.group.as_ref()) == group.as_ref() {
            return Ok(Json(CustomerView { user_id, group }));
        }
        let next = Customer { user_id, group: group.clone(), set_at: ctx.clock.now() };
        match ctx.store.set_customer(read.as_ref(), &next).await {
            Ok(()) => return Ok(Json(CustomerView { user_id, group })),
            Err(CustomerNotWritten::Forgotten) => return Err(Refusal::NoSuchUser.into()),
            Err(CustomerNotWritten::Conflict) => retry.pause().await?,
            Err(CustomerNotWritten::Store(error)) => return Err(error.into()),
        }
    }
}
