//! `GET /v1/commerce/payments/{id}`: a payment of the caller.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Id, Json, Path, Problem};
use types::{BuyerId, PaymentId};

use crate::api::view::PaymentView;
use crate::ctx::Ctx;
use crate::problem::Refusal;
use crate::store::{Saved, Store};

/// Get a payment
///
/// A payment of the caller as it is known here. Users send their access token, guests the `Guest-Key`. A payment of another buyer
/// gets 404. Ask the provider with `POST /v1/commerce/payments/{id}/refresh`.
#[utoipa::path(
    get, path = "/v1/commerce/payments/{id}", operation_id = "get_payment", tag = "payments",
    security(("bearer" = []), ("guestKey" = [])),
    params(("id" = PaymentId, Path, description = "Payment ID")),
    responses(
        (status = 200, description = "The payment", body = PaymentView),
        (status = 404, description = "`payments.no_such_payment`: no payment of the caller with this ID"),
    )
)]
pub async fn get_payment(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    Path(Id { id }): Path<Id<PaymentId>>,
) -> Result<Json<PaymentView>, Problem> {
    let payment = payment_of(&ctx.store, buyer.id(), id).await?;
    Ok(Json(PaymentView::for_buyer(&payment.value)))
}

/// Reads a payment of a buyer.
pub(super) async fn payment_of(store: &Store, buyer: BuyerId, id: PaymentId) -> Result<Saved, Problem> {
    let payment = store.payment(id).await?.filter(|payment| payment.value.payer == Some(buyer));
    Ok(payment.ok_or(Refusal::NoSuchPayment)?)
}
