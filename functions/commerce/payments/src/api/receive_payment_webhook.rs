//! `POST /v1/commerce/payments/webhooks/{provider}`: the webhooks of the payment providers.
//!
//! Public: requests are authenticated by their signature. An event only says which payment changed. What changed is read from
//! the provider, so the order, the number and the loss of events do not matter. Emits what the provider's answer leads to.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use contracts::payments::PaymentProviderName;
use kit::http::{NoContent, Path, Problem};
use payment_providers::{OrderEvent, OrderWebhookError, Owner, ProviderPaymentId, SetupId, WebhookError};
use serde::Deserialize;

use crate::ctx::WebhookCtx;
use crate::desk::NotAdvanced;
use crate::domain::methods::user_of_setup;
use crate::domain::payment::Payment;
use crate::problem::Refusal;

/// The most that an event may have, in bytes.
const MAX_EVENT_BYTES: usize = 256 * 1024;

/// Parameters of the path.
#[derive(Debug, Deserialize)]
pub struct WebhookPath {
    provider: PaymentProviderName,
}

/// Receive a payment webhook
///
/// Called by Stripe and PayPal. The signature over the body authenticates the request: `Stripe-Signature`, or the five headers
/// `PAYPAL-TRANSMISSION-…` and `PAYPAL-AUTH-ALGO`. The payment is then read from the provider. Unrelated events are acknowledged
/// and ignored. Money that belongs to no payment is listed in `GET /v1/commerce/admin/payments/unmatched`. Idempotent.
#[utoipa::path(
    post, path = "/v1/commerce/payments/webhooks/{provider}", operation_id = "receive_payment_webhook", tag = "payments",
    params(("provider" = PaymentProviderName, Path, description = "Provider")),
    request_body(content = String, description = "Event of the provider", content_type = "application/json"),
    responses(
        (status = 204, description = "Event processed"),
        (status = 400, description = "`payments.webhook_not_proven`: the signature is invalid or too old; `payments.webhook_unreadable`: the body is not an event of the provider"),
        (status = 422, description = "`payments.provider_off`: the provider is not configured in this deployment"),
        (status = 503, description = "`payments.provider_unavailable`: the provider does not respond; repeat the event after `Retry-After` seconds"),
    )
)]
pub async fn receive_payment_webhook(
    State(ctx): State<&'static WebhookCtx>,
    Path(WebhookPath { provider }): Path<WebhookPath>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<NoContent, Problem> {
    let now = ctx.desk.clock.now();
    let inbox = match provider {
        PaymentProviderName::Stripe => ctx.inboxes.stripe(now).await,
        PaymentProviderName::Paypal => ctx.inboxes.paypal(now).await,
    };
    let inbox = inbox.ok_or(Refusal::ProviderOff)?;
    if body.len() > MAX_EVENT_BYTES {
        return Err(Refusal::WebhookUnreadable.into());
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match inbox.read(&header, &body, now).await.map_err(not_read)? {
        // Methods are saved by setups and payments. What the provider changes of them is read when they are used.
        OrderEvent::Payment { owner: Owner::Other, .. }
        | OrderEvent::Setup { owner: Owner::Other, .. }
        | OrderEvent::Methods { .. }
        | OrderEvent::Other => {}
        OrderEvent::Payment { id, owner } => of_payment(ctx, provider, &id, owner).await?,
        OrderEvent::Setup { id, .. } => of_setup(ctx, provider, &id).await?,
    }
    Ok(NoContent)
}

fn not_read(error: OrderWebhookError) -> Problem {
    match error {
        OrderWebhookError::Refused(WebhookError::Signature(_)) => Refusal::WebhookNotProven.into(),
        OrderWebhookError::Refused(WebhookError::Unreadable(_)) => Refusal::WebhookUnreadable.into(),
        OrderWebhookError::Provider(error) => NotAdvanced::Provider(error).into(),
    }
}

async fn of_payment(
    ctx: &WebhookCtx,
    provider: PaymentProviderName,
    id: &ProviderPaymentId,
    owner: Owner,
) -> Result<(), NotAdvanced> {
    let (desk, now) = (&ctx.desk, ctx.desk.clock.now());
    let stated = match owner {
        Owner::Ours { reference } => Payment::of_reference(&reference),
        Owner::Other | Owner::Unstated => desk.store.payment_of(provider, id).await?,
    };
    let view = desk.provider(provider, now).await?.find(id).await?;
    let reference = view.reference.as_deref();
    let Some(payment_id) = stated.or_else(|| reference.and_then(Payment::of_reference)) else { return Ok(()) };
    match desk.store.payment(payment_id).await? {
        Some(payment) => {
            let merged = desk.merge_of(provider, payment, &view, now).await?;
            let advanced = desk.advance(merged, false).await?;
            // What was heard is written, and the sweep does the rest.
            if let Some(error) = advanced.stopped {
                tracing::warn!(%error, "a payment did not get further after a webhook");
            }
            Ok(())
        }
        None => Ok(desk.store.note_orphan(provider, &view, now).await?),
    }
}

async fn of_setup(ctx: &WebhookCtx, provider: PaymentProviderName, id: &SetupId) -> Result<(), NotAdvanced> {
    let port = ctx.desk.provider(provider, ctx.desk.clock.now()).await?;
    let Some(methods) = port.saved_methods() else { return Ok(()) };
    let setup = methods.find_setup(id).await?;
    let Some(user) = setup.reference.as_deref().and_then(user_of_setup) else { return Ok(()) };
    ctx.desk.keep_method_of(user, provider, &setup).await.map(drop)
}
