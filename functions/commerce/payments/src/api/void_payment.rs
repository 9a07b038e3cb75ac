//! `POST /v1/commerce/payments/{id}/voids`: releases an authorization.
//!
//! Emits `payments.payment_closed.v1` once the provider has released it.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Created, Id, Path, Problem};
use types::PaymentId;

use crate::api::admin_payment::{any_payment, request};
use crate::api::view::PaymentView;
use crate::ctx::DeskCtx;
use crate::domain::payment::Payment;
use crate::problem::Requested;

/// Void a payment
///
/// Releases an authorization of which nothing was captured. Cancel the order as well: its payment ends. Requires the role
/// `manager` or `admin`. If the provider does not respond, the void is repeated until it is done. Publishes
/// `payments.payment_closed.v1`. Idempotent: repeating the request has no further effect.
#[utoipa::path(
    post, path = "/v1/commerce/payments/{id}/voids", operation_id = "void_payment", tag = "payments",
    security(("bearer" = ["manager"])),
    params(("id" = PaymentId, Path, description = "Payment ID")),
    responses(
        (status = 201, description = "Void requested", body = PaymentView),
        (status = 404, description = "`payments.no_such_payment`: no payment with this ID"),
        (status = 409, description = "`payments.already_captured`: money was captured, and can be refunded; `payments.not_authorized`: nothing is authorized, or a capture is in progress"),
    )
)]
pub async fn void_payment(
    State(ctx): State<&'static DeskCtx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<PaymentId>>,
) -> Result<Created<PaymentView>, Problem> {
    let (_, payment) = standing.with(any_payment(&ctx.desk.store, id)).await?;
    request(&ctx.desk, payment, Requested::Capture, Payment::request_void).await
}
