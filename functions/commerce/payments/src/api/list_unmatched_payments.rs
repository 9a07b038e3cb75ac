//! `GET /v1/commerce/admin/payments/unmatched`: money that belongs to no payment here.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Page, Problem};

use crate::api::view::UnmatchedPaymentView;
use crate::ctx::Ctx;

/// List unmatched payments
///
/// Money at a provider that was paid with a reference of this deployment and belongs to no payment, or to a session that the
/// buyer left. Oldest first. Refund it in the provider's dashboard; it then disappears from the list. Requires the role `manager`
/// or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/payments/unmatched", operation_id = "list_unmatched_payments", tag = "payments",
    security(("bearer" = ["manager"])),
    params(Page),
    responses(
        (status = 200, description = "A page of unmatched payments", body = List<UnmatchedPaymentView>),
    )
)]
pub async fn list_unmatched_payments(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    page: Page,
) -> Result<Json<List<UnmatchedPaymentView>>, Problem> {
    let (_, orphans) = standing.with(ctx.store.orphans(page.limit, page.cursor)).await?;
    Ok(Json(List::of(orphans, UnmatchedPaymentView::from)))
}
