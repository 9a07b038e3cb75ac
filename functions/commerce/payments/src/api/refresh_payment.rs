//! `POST /v1/commerce/payments/{id}/refresh`: asks the provider for the state of a payment.
//!
//! Emits what the provider's answer leads to.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Id, Json, Path, Problem};
use types::PaymentId;

use crate::api::get_payment::payment_of;
use crate::api::view::PaymentSession;
use crate::ctx::DeskCtx;
use crate::domain::limits::REFRESHES;

/// Refresh a payment
///
/// Asks the provider for the state of a payment of the caller, and continues the payment: an approval by the buyer is confirmed.
/// Call it when the buyer returns from the provider. Users send their access token, guests the `Guest-Key`. The webhooks of the
/// provider have the same effect. Idempotent. Limit: 60 refreshes per buyer and hour.
#[utoipa::path(
    post, path = "/v1/commerce/payments/{id}/refresh", operation_id = "refresh_payment", tag = "payments",
    security(("bearer" = []), ("guestKey" = [])),
    params(("id" = PaymentId, Path, description = "Payment ID")),
    responses(
        (status = 200, description = "The payment, and how the buyer goes on", body = PaymentSession),
        (status = 404, description = "`payments.no_such_payment`: no payment of the caller with this ID"),
        (status = 422, description = "`payments.provider_off`: the provider is no longer configured in this deployment"),
        (status = 429, description = "`request.limit_exceeded`: too many refreshes; retry after `Retry-After` seconds"),
        (status = 503, description = "`payments.provider_unavailable`: the provider does not respond; retry after `Retry-After` seconds"),
    )
)]
pub async fn refresh_payment(
    State(ctx): State<&'static DeskCtx>,
    buyer: Buyer,
    Path(Id { id }): Path<Id<PaymentId>>,
) -> Result<Json<PaymentSession>, Problem> {
    let owner = buyer.id();
    let (store, now) = (&ctx.desk.store, ctx.desk.clock.now());
    let load = async {
        let counted = async { Ok::<_, Problem>(store.admit_call(owner, REFRESHES, now).await?) };
        Ok::<_, Problem>(futures::try_join!(counted, payment_of(store, owner, id))?.1)
    };
    let (_, payment) = buyer.with(load).await?;
    let advanced = ctx.desk.refresh(payment, true).await?;
    match advanced.stopped {
        Some(error) if advanced.next.is_none() => Err(error.into()),
        _ => Ok(Json(PaymentSession::of(&advanced.payment.value, advanced.next))),
    }
}
