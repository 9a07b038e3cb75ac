//! On `billing.entitlement_changed.v1`: keeps what billing says of the plan of a user, and ends sessions beyond its device limit.
//!
//! Emits `identity.session_ended.v1` for each session that ends. A plan ends by itself: sign-ins evaluate the copy at their own
//! time.

use contracts::Envelope;
use contracts::billing::EntitlementChanged;
use dynamo::{ConflictRetry, Outbox};
use kit::bus::{Done, Handled};
use serde_json::Value;
use types::EventId;

use crate::ctx::ConsumerContext;

/// Handles one event. The highest revision stands, in whatever order events arrive.
pub async fn keep_entitlements(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let event = event.decode::<EntitlementChanged>()?;
    let (now, mut retry) = (ctx.clock.now(), ConflictRetry::default());
    loop {
        // A deleted account keeps nothing.
        let Some(read) = ctx.store.account(event.data.user_id).await? else { return Ok(Done::Ignored) };
        let mut account = read.value.clone();
        let Some(ended) = account.set_entitlement(&event.data, now) else { return Ok(Done::Duplicate) };
        let mut outbox = Outbox::none();
        for fact in ended {
            outbox.push(event.causing(EventId::generate(), now, fact))?;
        }
        if ctx.store.replace(&read, account, &outbox).await?.is_some() {
            return Ok(Done::Applied);
        }
        retry.pause().await?;
    }
}
