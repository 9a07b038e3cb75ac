//! `GET /v1/billing/users/{id}`: what a user holds.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Id, Path, Problem, Tagged};
use types::UserId;

use crate::api::billing_view::{UserBillingView, read_holdings};
use crate::ctx::Ctx;

/// Get the plan of a user
///
/// Returns the plan of the user now, the grant in force, and the subscriptions held. Requires the role `admin`.
#[utoipa::path(
    get, path = "/v1/billing/users/{id}", operation_id = "get_user_billing", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 200, description = "What the user holds", body = UserBillingView),
        (status = 404, description = "`billing.no_such_user`: no account with this ID, or it was deleted"),
    )
)]
pub async fn get_user_billing(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Tagged<UserBillingView>, Problem> {
    let (_, held) = standing.with(read_holdings(&ctx.store, &standing, id)).await?;
    Ok(Tagged::new(held.version, UserBillingView::new(&held.value, ctx.clock.now())))
}
