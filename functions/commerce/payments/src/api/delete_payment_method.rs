//! `DELETE /v1/commerce/payment-methods/{id}`: deletes a saved payment method of the caller.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::PaymentMethodId;

use crate::ctx::DeskCtx;
use crate::desk::NotAdvanced;
use crate::problem::Refusal;

/// Delete a payment method
///
/// Removes the method at the provider, then here. Payments that were made with it can still be refunded.
#[utoipa::path(
    delete, path = "/v1/commerce/payment-methods/{id}", operation_id = "delete_payment_method", tag = "payments",
    security(("bearer" = [])),
    params(("id" = PaymentMethodId, Path, description = "Payment method ID")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`payments.no_such_method`: no saved payment method of the caller with this ID"),
        (status = 422, description = "`payments.provider_off`: the provider is no longer configured in this deployment"),
        (status = 503, description = "`payments.provider_unavailable`: the provider does not respond; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_payment_method(
    State(ctx): State<&'static DeskCtx>,
    standing: Standing,
    Path(Id { id }): Path<Id<PaymentMethodId>>,
) -> Result<NoContent, Problem> {
    let (desk, user) = (&ctx.desk, standing.user_id());
    let (_, method) = standing.with(desk.store.method(user, id)).await?;
    let method = method.ok_or(Refusal::NoSuchMethod)?;
    let port = desk.provider(method.value.provider, desk.clock.now()).await?;
    if let Some(methods) = port.saved_methods() {
        methods.detach_method(&method.value.card.id).await.map_err(NotAdvanced::from)?;
    }
    desk.store.drop_method(method).await?;
    Ok(NoContent)
}
