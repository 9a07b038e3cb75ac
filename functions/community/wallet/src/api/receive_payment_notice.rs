//! `POST /v1/community/wallet/payments/webhooks`: the webhook of the payment provider.
//!
//! Emits `wallet.deposit_completed`. Public: requests are authenticated by their signature.
//!
//! Webhooks arrive late, repeatedly, in any order or never. Each is processed on its own, conditional on the state
//! of the deposit. Card donations do not need webhooks: their workflow polls the provider.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use dynamo::Versioned;
use kit::http::{NoContent, Problem};
use payment_providers::{PaymentChange, PaymentError, ProviderPaymentId, WebhookError, WebhookEvent};
use types::{DepositId, UserId};

use crate::cards::Notices;
use crate::deposits::{NotAdvanced, complete, fail};
use crate::domain::deposit::{Deposit, OtherAmount, TOO_MANY_DECLINES};
use crate::domain::payment::{Purpose, Reference};
use crate::problem::Refusal;
use crate::reversals::{Disputed, close_dispute, open_dispute, take_back};
use crate::store::Orphan;

/// The most that a message may hold, in bytes.
const MAX_NOTICE_BYTES: usize = 256 * 1024;
/// The header with the proof.
const SIGNATURE: &str = "stripe-signature";

/// Receive a Stripe webhook
///
/// Called by Stripe. The signature authenticates the request. A refund or a dispute takes what is available from the
/// wallet of the payer and records the rest as a debt; a closed dispute releases the money or gives it back to the card. A
/// declined card counts towards the limit of the user; once that is reached, the payment is canceled.
/// Unrelated events are acknowledged and ignored. Idempotent.
#[utoipa::path(
    post, path = "/v1/community/wallet/payments/webhooks", operation_id = "receive_payment_notice", tag = "wallet",
    request_body(content = String, description = "Stripe event", content_type = "application/json"),
    params(("Stripe-Signature" = String, Header, description = "Timestamp and signature")),
    responses(
        (status = 204, description = "Webhook processed"),
        (status = 400, description = "`wallet.notice_not_proven`: the signature is invalid or too old; `wallet.notice_unreadable`: the body is not a valid event"),
        (status = 404, description = "`wallet.payments_off`: card payments are not configured in this deployment"),
        (status = 503, description = "`wallet.payment_provider_unavailable`: the payment provider does not respond; repeat the webhook after `Retry-After` seconds"),
    )
)]
pub async fn receive_payment_notice(
    State(ctx): State<&'static Notices>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<NoContent, Problem> {
    let webhooks = ctx.inbox.webhooks(ctx.clock.now()).await.ok_or(Refusal::PaymentsOff)?;
    if body.len() > MAX_NOTICE_BYTES {
        return Err(Refusal::NoticeUnreadable.into());
    }
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let notice = webhooks.read(signature, &body, ctx.clock.now()).map_err(|error| match error {
        WebhookError::Signature(_) => Refusal::NoticeNotProven,
        WebhookError::Unreadable(_) => Refusal::NoticeUnreadable,
    })?;
    process(ctx, notice).await?;
    Ok(NoContent)
}

async fn process(ctx: &Notices, notice: WebhookEvent) -> Result<(), Problem> {
    let now = ctx.clock.now();
    match notice.change {
        PaymentChange::DisputeOpened { dispute, payment, money } => {
            let opened = open_dispute(&ctx.store, &Disputed { dispute, payment, money }, now).await;
            return of_disputed(opened.map(drop));
        }
        PaymentChange::DisputeClosed { dispute, payment, money, lost } => {
            return of_disputed(close_dispute(&ctx.store, &Disputed { dispute, payment, money }, lost, now).await);
        }
        _ => {}
    }
    let reference = notice.reference.and_then(|text| text.parse().ok());
    let Some(Reference { user, purpose: Purpose::Deposit(id) }) = reference else { return Ok(()) };
    match of_deposit(ctx, user, id, &notice.change).await {
        Err(NotAdvanced::Forgotten) => Ok(orphan(ctx, &notice.change).await?),
        result => Ok(result?),
    }
}

/// A dispute with a deleted account is the operator's loss: nobody is left to owe the money.
fn of_disputed(result: Result<(), NotAdvanced>) -> Result<(), Problem> {
    match result {
        Err(NotAdvanced::Forgotten) => {
            tracing::error!("the payment of a deleted account is disputed");
            Ok(())
        }
        result => Ok(result?),
    }
}

async fn of_deposit(ctx: &Notices, user: UserId, id: DepositId, change: &PaymentChange) -> Result<(), NotAdvanced> {
    let (store, now) = (&ctx.store, ctx.clock.now());
    if *change == PaymentChange::Other {
        return Ok(());
    }
    let read = store.deposit(user, id).await?.ok_or(NotAdvanced::Forgotten)?;
    match change {
        PaymentChange::Succeeded { payment, money } => complete(store, read, payment, money, now).await.map(drop),
        PaymentChange::Refunded { payment, total } => {
            // What was refunded had been paid, whether or not that webhook has arrived.
            let money = read.value.money.clone();
            if total.currency != money.currency {
                return Err(OtherAmount.into());
            }
            let read = complete(store, read, payment, &money, now).await?;
            take_back(store, read, total.amount_minor, now).await.map(drop)
        }
        PaymentChange::Canceled { .. } => fail(store, read, "canceled").await.map(drop),
        // The request that charged the card has counted the decline. A client that pays by itself may try another card.
        PaymentChange::Declined { .. } if read.value.method.is_some() => Ok(()),
        PaymentChange::Declined { payment, code } => {
            if store.count_decline(user, code, now).await? {
                cancel(ctx, read, payment).await
            } else {
                Ok(())
            }
        }
        PaymentChange::DisputeOpened { .. } | PaymentChange::DisputeClosed { .. } | PaymentChange::Other => Ok(()),
    }
}

/// Ends a payment whose client could try one card after another. A payment that is being charged or has ended stays: what
/// becomes of it is another webhook.
async fn cancel(ctx: &Notices, read: Versioned<Deposit>, payment: &ProviderPaymentId) -> Result<(), NotAdvanced> {
    let Some(provider) = ctx.payments.provider(ctx.clock.now()).await else { return Ok(()) };
    match provider.cancel(payment).await {
        Ok(_) => fail(&ctx.store, read, TOO_MANY_DECLINES).await.map(drop),
        Err(PaymentError::State { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Money that came for a deleted account is recorded, and the sweep gives it back.
async fn orphan(ctx: &Notices, change: &PaymentChange) -> Result<(), Problem> {
    if let PaymentChange::Succeeded { payment, .. } = change {
        let payment_id: ProviderPaymentId = payment.clone();
        ctx.store.keep_orphan(Orphan::new(payment_id, ctx.clock.now())).await?;
    }
    Ok(())
}
