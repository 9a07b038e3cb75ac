//! `POST /v1/commerce/payments/{id}/captures`: takes an authorized amount. Requires `Idempotency-Key`.
//!
//! Emits `payments.payment_captured.v1` once the provider has taken it.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Created, Id, IdempotencyKey, Json, Path, Problem};
use serde::Deserialize;
use types::PaymentId;
use utoipa::ToSchema;

use crate::api::admin_payment::{any_payment, request};
use crate::api::view::PaymentView;
use crate::ctx::DeskCtx;
use crate::problem::Requested;

/// Request to capture an authorized amount.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CapturePayment {
    /// Amount in minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, example = 3412)]
    amount_minor: i64,
    /// Whether the rest of the authorization is released.
    is_final: bool,
}

/// Capture a payment
///
/// Takes an authorized amount, or a part of it. Orders that are captured on shipment are captured by their shipments; this is for
/// what needs attention. Where the provider allows one capture only, the rest is released. Requires the role `manager` or
/// `admin`. The amount is reserved before the provider is called. If the provider does not respond, the capture is repeated until
/// it is done. Publishes `payments.payment_captured.v1`. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/payments/{id}/captures", operation_id = "capture_payment", tag = "payments",
    security(("bearer" = ["manager"])),
    params(("id" = PaymentId, Path, description = "Payment ID"), IdempotencyKey),
    request_body = CapturePayment,
    responses(
        (status = 201, description = "Capture requested", body = PaymentView),
        (status = 404, description = "`payments.no_such_payment`: no payment with this ID"),
        (status = 409, description = "`payments.capture_too_large`: more than what remains of the authorization; `payments.not_authorized`: the authorization is being released; `payments.too_many_operations`: the payment has 100 captures"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
    )
)]
pub async fn capture_payment(
    State(ctx): State<&'static DeskCtx>,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<PaymentId>>,
    Json(body): Json<CapturePayment>,
) -> Result<Created<PaymentView>, Problem> {
    let capture = attempt.derive_id("capture_payment", &standing.user_id().to_string()).to_string();
    let CapturePayment { amount_minor, is_final } = body;
    let (_, payment) = standing.with(any_payment(&ctx.desk.store, id)).await?;
    request(&ctx.desk, payment, Requested::Capture, |payment, now| {
        payment.request_capture(&capture, amount_minor, is_final, now)
    })
    .await
}
