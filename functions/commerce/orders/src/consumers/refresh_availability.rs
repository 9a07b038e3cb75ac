//! On events that change which units are free: publishes the availability of variants that changed by orders.
//!
//! Orders do not touch `VariantStock`, so that buyers do not wait for each other. This recomputes it from the units that are
//! there, whatever the event says. Emits `orders.availability_changed.v1`.

use contracts::Envelope;
use contracts::orders::{OrderCancelled, OrderFacts, OrderLapsed, OrderPlaced, ReturnReceived, ShipmentShipped};
use dynamo::{ConflictRetry, Outbox, Read};
use futures::{StreamExt, TryStreamExt, stream};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::VariantId;

use crate::ctx::ConsumerContext;
use crate::domain::availability::availability;
use crate::ordering::Cause;
use crate::store::NotWritten;

/// How many variants are refreshed at the same time. An order has at most 80.
const MAX_PARALLEL: usize = 8;

/// Handles one event. Every delivery computes the same from what is there.
pub async fn refresh_availability(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let order = facts(event.clone())?;
    let Some(order) = ctx.store.order(order.order_id, Read::Strong).await? else { return Ok(Done::Ignored) };
    let refreshed = stream::iter(order.value.stock_items()).map(|variant| refresh(ctx, &event, variant));
    let refreshed: Vec<bool> = refreshed.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(if refreshed.contains(&true) { Done::Applied } else { Done::Duplicate })
}

fn facts(event: Envelope<Value>) -> Result<OrderFacts, Failure> {
    Ok(if event.is::<OrderPlaced>() {
        event.decode::<OrderPlaced>()?.data.order
    } else if event.is::<OrderLapsed>() {
        event.decode::<OrderLapsed>()?.data.order
    } else if event.is::<OrderCancelled>() {
        event.decode::<OrderCancelled>()?.data.order
    } else if event.is::<ReturnReceived>() {
        event.decode::<ReturnReceived>()?.data.order
    } else {
        event.decode::<ShipmentShipped>()?.data.order
    })
}

/// Publishes the availability of a variant. False if it is as it was.
async fn refresh(ctx: &ConsumerContext, event: &Envelope<Value>, variant: VariantId) -> Result<bool, Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.stock(variant, None).await?;
        let Some(stock) = &read.stock else { return Ok(false) };
        let levels = read.levels.values().map(|level| &level.value);
        let now = availability(levels, &read.locations.open());
        let Some((next, fact)) = stock.value.refreshed(now, read.next_revision()) else { return Ok(false) };
        let envelope = event.envelope(ctx.clock.now(), fact);
        let outbox = Outbox::of(envelope).map_err(|error| Failure::Poison(error.to_string()))?;
        match ctx.store.write_stock(stock, &next, &outbox).await {
            Ok(()) => return Ok(true),
            Err(NotWritten::Conflict) => retry.pause().await?,
            Err(NotWritten::Store(error)) => return Err(error.into()),
        }
    }
}
