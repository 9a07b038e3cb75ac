//! Each minute: looks after payments that are unfinished. Lost webhooks are recovered, pending captures and refunds repeated,
//! payments cancelled whose buyers have gone, and authorizations noticed that end soon. Customers of deleted accounts are deleted
//! at providers that could not do it when the account was deleted.
//!
//! All of it is found by when it is due, without a scan. What fails is attempted later, with growing pauses, and so stands in
//! nothing else's way.

use dynamo::StoreError;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use types::PaymentId;

use crate::ctx::ConsumerContext;
use crate::desk::{Desk, NotAdvanced};
use crate::domain::payment::Payment;
use crate::domain::requests::NotRequested;
use crate::store::DueCursor;

/// Time after which a run begins no further page: the next run continues. A page of 200 payments takes less than the function's
/// 300 seconds, however slowly the provider responds.
const MAX_TIME: SignedDuration = SignedDuration::from_secs(50);
/// The most customers of deleted accounts per run.
const MAX_DEPARTED: u32 = 25;
/// How many payments are looked after at the same time.
const MAX_PARALLEL: usize = 16;

/// Runs once, page by page. A payment that fails does not keep the others from being processed.
pub async fn sweep_payments(ctx: &'static ConsumerContext) -> Result<(), String> {
    let (desk, now) = (&ctx.desk, ctx.desk.clock.now());
    let mut cursor = DueCursor::new(now);
    let mut failures: Vec<String> = Vec::new();
    while !cursor.is_done() && desk.clock.now().duration_since(now) < MAX_TIME {
        let due = desk.store.due_page(&mut cursor).await.map_err(|error| error.to_string())?;
        let ids: Vec<PaymentId> = due.into_iter().map(|entry| entry.payment_id).collect();
        let results = stream::iter(ids).map(async |id| (id, Box::pin(look_after(desk, id, now)).await));
        let failed = results
            .buffer_unordered(MAX_PARALLEL)
            .filter_map(async |(id, result)| result.err().map(|error| format!("payment {id}: {error}")));
        failures.extend(failed.collect::<Vec<_>>().await);
    }
    failures.extend(delete_departed(desk, now).await.err().map(|error| format!("deleted accounts: {error}")));
    kit::schedule::result_of_many("failures", &failures)
}

/// What a provider does not delete is attempted later, with growing pauses. It may be off for good, so that is no failure.
async fn delete_departed(desk: &Desk, now: Timestamp) -> Result<(), StoreError> {
    let departed = desk.store.departed(MAX_DEPARTED).await?;
    for customer in departed.iter().take_while(|customer| customer.due_at <= now) {
        if desk.store.note_departed_attempt(customer, now).await? {
            desk.delete_departed(customer, now).await?;
        }
    }
    Ok(())
}

async fn look_after(desk: &Desk, id: PaymentId, now: Timestamp) -> Result<(), NotAdvanced> {
    let Some(payment) = desk.store.payment(id).await? else { return Ok(()) };
    // Its next attempt first, so that one that fails goes to the back. The index may be older than the payment.
    let is_due = |payment: &Payment| payment.due_at().is_some_and(|due| due <= now);
    if !is_due(&payment.value) {
        return Ok(());
    }
    let swept = |payment: &Payment| Ok::<_, NotRequested>(is_due(payment).then(|| payment.swept(now)));
    let Ok(payment) = desk.change(payment, now, swept).await? else { return Ok(()) };
    match desk.refresh(payment, false).await?.stopped {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
