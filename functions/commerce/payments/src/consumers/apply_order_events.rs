//! On events of orders: refunds what is owed, closes or refunds payments that nobody wants, captures what was shipped, and
//! releases what no shipment will capture.
//!
//! Events come in any order. Those about shipments say what all shipments so far capture together, so each of them captures
//! what is missing of the highest sum.
//!
//! Each of them is written before the provider is called. Whatever the provider does then, the event is applied: the sweep repeats
//! calls that failed.

use contracts::Envelope;
use contracts::orders::{OrderCancelled, PaymentUnwanted, RefundDue, ShipmentShipped};
use contracts::payments::CaptureMode;
use futures::FutureExt;
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{OrderId, derive_id};

use crate::ctx::ConsumerContext;
use crate::desk::{Desk, NotAdvanced};
use crate::domain::payment::{Payment, payment_id};
use crate::domain::requests::{NotRequested, ShippedCaptures};
use crate::store::Saved;

/// Handles one event. The compiler refuses types that are nested too deeply, so the future is erased.
pub async fn apply_order_events(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    apply(ctx, event).boxed_local().await
}

async fn apply(ctx: &ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<RefundDue>() {
        Box::pin(refund_due(&ctx.desk, event.decode::<RefundDue>()?.data)).await
    } else if event.is::<PaymentUnwanted>() {
        Box::pin(payment_unwanted(&ctx.desk, event.decode::<PaymentUnwanted>()?.data.order.order_id)).await
    } else if event.is::<ShipmentShipped>() {
        Box::pin(shipment_shipped(&ctx.desk, event.decode::<ShipmentShipped>()?.data)).await
    } else if event.is::<OrderCancelled>() {
        Box::pin(order_cancelled(&ctx.desk, event.decode::<OrderCancelled>()?.data)).await
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

impl From<NotAdvanced> for Failure {
    fn from(error: NotAdvanced) -> Self {
        match error {
            NotAdvanced::Store(error) => error.into(),
            NotAdvanced::Outbox(error) => error.into(),
            NotAdvanced::Off | NotAdvanced::Provider(_) | NotAdvanced::Erased => Self::Retry(error.to_string()),
        }
    }
}

async fn refund_due(desk: &Desk, fact: RefundDue) -> Handled {
    let RefundDue { order, refund_id, amount_minor, capture_total_minor, .. } = fact;
    if amount_minor == 0 {
        return Ok(Done::Ignored);
    }
    let now = desk.clock.now();
    let Some(payment) = desk.store.payment(payment_id(order.order_id)).await? else {
        return Err(Failure::Poison("a refund is due of an order without a payment".to_owned()));
    };
    let id = captures_id(order.order_id, capture_total_minor.unwrap_or_default());
    let request = |payment: &Payment| {
        // What the refund is about may be captured by an event that is still to come.
        let shipped = ShippedCaptures { id: &id, amount_minor: 0, total_minor: capture_total_minor, is_last: false };
        let with_captures = payment.request_shipped(shipped, now).ok().flatten();
        with_captures.as_ref().unwrap_or(payment).request_due_refund(refund_id, amount_minor, now)
    };
    let refuse = |payment: &Payment| payment.refuse_refund(refund_id, amount_minor, now);
    let saved = requested(desk, payment.clone(), now, request, refuse).await?;
    finish(desk, payment.version, saved).await
}

async fn payment_unwanted(desk: &Desk, order: OrderId) -> Handled {
    let now = desk.clock.now();
    // Without a payment there is no money.
    let Some(payment) = desk.store.payment(payment_id(order)).await? else { return Ok(Done::Ignored) };
    let version = payment.version;
    let changed = desk.change(payment, now, |payment| Ok::<_, NotRequested>(Some(payment.unwanted(now)))).await?;
    let changed = changed.map_err(|error| Failure::Poison(error.to_string()))?;
    finish(desk, version, changed).await
}

async fn shipment_shipped(desk: &Desk, fact: ShipmentShipped) -> Handled {
    let ShipmentShipped { order, shipment, capture_minor, capture_total_minor, is_last, .. } = fact;
    let id = derive_id(&["payments", "shipment", &order.order_id.to_string(), &shipment.to_string()]).to_string();
    let shipped = ShippedCaptures { id: &id, amount_minor: capture_minor, total_minor: capture_total_minor, is_last };
    capture_shipped(desk, order.order_id, shipped).await
}

/// A cancellation after which nothing is shipped any more ends the captures.
async fn order_cancelled(desk: &Desk, fact: OrderCancelled) -> Handled {
    let (order, Some(total)) = (fact.order.order_id, fact.capture_total_minor) else { return Ok(Done::Ignored) };
    let id = captures_id(order, total);
    let shipped = ShippedCaptures { id: &id, amount_minor: 0, total_minor: Some(total), is_last: true };
    capture_shipped(desk, order, shipped).await
}

async fn capture_shipped(desk: &Desk, order: OrderId, shipped: ShippedCaptures<'_>) -> Handled {
    let now = desk.clock.now();
    // Without a payment the order was free.
    let Some(payment) = desk.store.payment(payment_id(order)).await? else { return Ok(Done::Ignored) };
    if payment.value.capture == CaptureMode::Immediate {
        return Ok(Done::Ignored);
    }
    let request = |payment: &Payment| payment.request_shipped(shipped, now);
    let refuse = |payment: &Payment| payment.refuse_shipped(shipped, now);
    let saved = requested(desk, payment.clone(), now, request, refuse).await?;
    finish(desk, payment.version, saved).await
}

/// The ID of a capture that an event without a shipment makes necessary.
fn captures_id(order: OrderId, total_minor: i64) -> String {
    derive_id(&["payments", "shipments", &order.to_string(), &total_minor.to_string()]).to_string()
}

/// Writes a request. If there seems to be no room for it, the provider is asked first; then a manager has to look at it. What
/// does not fit into the payment any more goes to the dead-letter queue.
async fn requested(
    desk: &Desk,
    payment: Saved,
    now: Timestamp,
    request: impl Fn(&Payment) -> Result<Option<Payment>, NotRequested> + Send + Sync,
    refuse: impl Fn(&Payment) -> Result<Option<Payment>, NotRequested> + Send + Sync,
) -> Result<Saved, Failure> {
    if let Ok(saved) = desk.change(payment.clone(), now, &request).await? {
        return Ok(saved);
    }
    let (looked, _) = desk.look(payment, now).await?;
    if let Ok(saved) = desk.change(looked.clone(), now, &request).await? {
        return Ok(saved);
    }
    let refused = desk.change(looked, now, refuse).await?;
    refused.map_err(|error| Failure::Poison(format!("the payment {error}")))
}

/// Calls the provider. What fails is the sweep's.
async fn finish(desk: &Desk, version: u64, saved: Saved) -> Handled {
    let is_new = saved.version > version;
    if let Some(error) = desk.advance(saved, false).await?.stopped {
        tracing::warn!(%error, "a payment did not get further after an event of its order");
    }
    Ok(if is_new { Done::Applied } else { Done::Duplicate })
}
