//! `POST /v1/community/wallet/payments/webhooks`: the payment provider tells what happened to a payment.
//! Emits `wallet.deposit_completed`. Public: the signature is the proof.
//!
//! Messages come late, twice, in any order, or never. Each is a fact that stands by itself, and what it does is conditional
//! on the deposit. Donations by card need none of them: their steps ask the provider.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use kit::http::{NoContent, Problem};
use types::{DepositId, UserId};

use crate::cards::Notices;
use crate::deposits::{NotAdvanced, complete, fail, take_back};
use crate::domain::payment::{PaymentId, Purpose, Reference};
use crate::domain::webhook::{Change, Notice};
use crate::payments::BadNotice;
use crate::problem::Refusal;
use crate::store::Orphan;

/// The most that a message may hold, in bytes.
const MAX_NOTICE_BYTES: usize = 256 * 1024;
/// The header with the proof.
const SIGNATURE: &str = "stripe-signature";

/// Hear of a payment
///
/// Called by the payment provider, and by nobody else. What is signed and concerns nothing here is taken, too.
#[utoipa::path(
    post, path = "/v1/community/wallet/payments/webhooks", operation_id = "receive_payment_notice", tag = "wallet",
    request_body(content = String, description = "The provider's event, as it was signed", content_type = "application/json"),
    params(("Stripe-Signature" = String, Header, description = "When it was signed, and the proof")),
    responses(
        (status = 204, description = "It was heard"),
        (status = 400, description = "`wallet.notice_not_proven`: the signature is wrong, or too old; `wallet.notice_unreadable`"),
        (status = 404, description = "`wallet.payments_off`: card payments are not set up here"),
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
        BadNotice::NotProven(_) => Refusal::NoticeNotProven,
        BadNotice::Unreadable(_) => Refusal::NoticeUnreadable,
    })?;
    hear(ctx, notice).await?;
    Ok(NoContent)
}

async fn hear(ctx: &Notices, notice: Notice) -> Result<(), Problem> {
    let Some(Reference { user, purpose: Purpose::Deposit(id) }) = notice.reference else { return Ok(()) };
    match of_deposit(ctx, user, id, &notice.change).await {
        Err(NotAdvanced::Forgotten) => Ok(orphan(ctx, &notice.change).await?),
        result => Ok(result?),
    }
}

async fn of_deposit(ctx: &Notices, user: UserId, id: DepositId, change: &Change) -> Result<(), NotAdvanced> {
    let (store, now) = (&ctx.store, ctx.clock.now());
    if *change == Change::Other {
        return Ok(());
    }
    let read = store.deposit(user, id).await?.ok_or(NotAdvanced::Forgotten)?;
    match change {
        Change::Succeeded { payment, money } => complete(store, read, payment, money, now).await.map(drop),
        Change::Refunded { payment, refunded_minor } => {
            // What was given back had come, whether or not that was told yet.
            let money = read.value.money.clone();
            let read = complete(store, read, payment, &money, now).await?;
            take_back(store, read, *refunded_minor, now).await.map(drop)
        }
        Change::Canceled { .. } => fail(store, read, "canceled").await.map(drop),
        // Another card may be tried, and whoever charges one for somebody has the answer already.
        Change::Declined { .. } | Change::Other => Ok(()),
    }
}

/// Money that came for somebody who is gone is remembered, and the sweep gives it back.
async fn orphan(ctx: &Notices, change: &Change) -> Result<(), Problem> {
    if let Change::Succeeded { payment, .. } = change {
        let payment_id: PaymentId = payment.clone();
        ctx.store.keep_orphan(Orphan { payment_id, since: ctx.clock.now(), refunded: false }).await?;
    }
    Ok(())
}
