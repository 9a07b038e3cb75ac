//! `GET /v1/commerce/admin/payments/{id}`: any payment.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, Path, Problem};
use types::PaymentId;

use crate::api::admin_payment::any_payment;
use crate::api::view::PaymentView;
use crate::ctx::Ctx;

/// Get any payment
///
/// A payment with what needs attention. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/payments/{id}", operation_id = "get_admin_payment", tag = "payments",
    security(("bearer" = ["manager"])),
    params(("id" = PaymentId, Path, description = "Payment ID")),
    responses(
        (status = 200, description = "The payment", body = PaymentView),
        (status = 404, description = "`payments.no_such_payment`: no payment with this ID"),
    )
)]
pub async fn get_admin_payment(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<PaymentId>>,
) -> Result<Json<PaymentView>, Problem> {
    let (_, payment) = standing.with(any_payment(&ctx.store, id)).await?;
    Ok(Json(PaymentView::for_manager(&payment.value)))
}
