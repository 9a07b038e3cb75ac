//! `GET /v1/billing`: the plan of the caller, and what it comes from.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Problem};

use crate::api::billing_view::BillingView;
use crate::ctx::Ctx;

/// Get my plan
///
/// Returns the plan of the caller now, where it comes from, and until when; and the subscriptions held. Without a grant or a
/// subscription `plan` is null, and the plan of the account counts (`GET /v1/users/me`).
#[utoipa::path(
    get, path = "/v1/billing", operation_id = "get_billing", tag = "billing",
    security(("bearer" = [])),
    responses((status = 200, description = "The plan and the subscriptions", body = BillingView))
)]
pub async fn get_billing(State(ctx): State<&'static Ctx>, caller: Caller) -> Result<Json<BillingView>, Problem> {
    let held = ctx.store.holdings(caller.user_id).await?;
    Ok(Json(BillingView::new(&held.value, ctx.clock.now())))
}
