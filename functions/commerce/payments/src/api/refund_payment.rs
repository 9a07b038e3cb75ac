//! `POST /v1/commerce/payments/{id}/refunds`: returns money to the buyer. Requires `Idempotency-Key`.
//!
//! Emits `payments.refund_succeeded.v1` or `payments.refund_failed.v1` once the provider has decided.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Created, Id, IdempotencyKey, Json, Path, Problem};
use serde::Deserialize;
use types::{PaymentId, RefundId};
use utoipa::ToSchema;

use crate::api::admin_payment::{any_payment, request};
use crate::api::view::PaymentView;
use crate::ctx::DeskCtx;
use crate::problem::Requested;

/// Request to refund a captured amount.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundPayment {
    /// Amount in minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, example = 1200)]
    amount_minor: i64,
}

/// Refund a payment
///
/// Returns a captured amount, or a part of it. Cancellations and returns of orders refund by themselves; this is for goodwill.
/// Refunds and those that are in progress never exceed what was captured: the amount is reserved before the provider is called.
/// If the provider does not respond, the refund is `pending` and repeated until it is decided. Requires the role `manager` or
/// `admin`. Publishes `payments.refund_succeeded.v1` or `payments.refund_failed.v1`. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/payments/{id}/refunds", operation_id = "refund_payment", tag = "payments",
    security(("bearer" = ["manager"])),
    params(("id" = PaymentId, Path, description = "Payment ID"), IdempotencyKey),
    request_body = RefundPayment,
    responses(
        (status = 201, description = "Refund requested", body = PaymentView),
        (status = 404, description = "`payments.no_such_payment`: no payment with this ID"),
        (status = 409, description = "`payments.refund_too_large`: more than what remains, which `detail` names; `payments.too_many_operations`: the payment has 100 refunds"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
    )
)]
pub async fn refund_payment(
    State(ctx): State<&'static DeskCtx>,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<PaymentId>>,
    Json(body): Json<RefundPayment>,
) -> Result<Created<PaymentView>, Problem> {
    let refund = RefundId::new(attempt.derive_id("refund_payment", &standing.user_id().to_string()));
    let (_, payment) = standing.with(any_payment(&ctx.desk.store, id)).await?;
    request(&ctx.desk, payment, Requested::Refund, |payment, now| {
        payment.request_refund(refund, body.amount_minor, now)
    })
    .await
}
