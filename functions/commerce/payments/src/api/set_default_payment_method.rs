//! `PUT /v1/commerce/payment-methods/{id}/default`: makes a saved payment method the default of the caller.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::PaymentMethodId;

use crate::ctx::DeskCtx;
use crate::desk::NotAdvanced;
use crate::problem::Refusal;

/// Set the default payment method
///
/// The default is suggested first. There is one per provider. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/payment-methods/{id}/default", operation_id = "set_default_payment_method", tag = "payments",
    security(("bearer" = [])),
    params(("id" = PaymentMethodId, Path, description = "Payment method ID")),
    responses(
        (status = 204, description = "Default set"),
        (status = 404, description = "`payments.no_such_method`: no saved payment method of the caller with this ID"),
        (status = 422, description = "`payments.provider_off`: the provider is no longer configured in this deployment"),
        (status = 503, description = "`payments.provider_unavailable`: the provider does not respond; retry after `Retry-After` seconds"),
    )
)]
pub async fn set_default_payment_method(
    State(ctx): State<&'static DeskCtx>,
    standing: Standing,
    Path(Id { id }): Path<Id<PaymentMethodId>>,
) -> Result<NoContent, Problem> {
    let (desk, user) = (&ctx.desk, standing.user_id());
    let read = async { futures::try_join!(desk.store.method(user, id), desk.store.customers(user)) };
    let (_, (method, customers)) = standing.with(read).await?;
    let method = method.ok_or(Refusal::NoSuchMethod)?.value;
    let customer = customers.into_iter().find(|customer| customer.value.provider == method.provider);
    let port = desk.provider(method.provider, desk.clock.now()).await?;
    if let (Some(customer), Some(methods)) = (customer, port.saved_methods()) {
        methods.set_default_method(&customer.value.customer_id, &method.card.id).await.map_err(NotAdvanced::from)?;
        desk.store.set_default(user, method.provider, Some(id)).await?;
    }
    Ok(NoContent)
}
