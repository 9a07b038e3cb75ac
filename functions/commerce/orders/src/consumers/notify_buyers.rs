//! On events of orders and refunds: requests the message for the buyer. Emits `notifications.requested.v1` for users and
//! `notifications.mail_requested.v1` for guests.
//!
//! Each cause has a record in the order's partition, whose outbox contains the request: however often its event is delivered,
//! the message is requested once.

use contracts::Envelope;
use contracts::orders::{OrderCancelled, OrderConfirmed, OrderPlaced, ShipmentDelivered, ShipmentShipped};
use contracts::payments::RefundSucceeded;
use dynamo::Read;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::OrderId;

use crate::ctx::ConsumerContext;
use crate::domain::order_notice::{Subject, notice};
use crate::domain::order_number::OrderName;
use crate::domain::placed::Order;
use crate::store::NoticeEvent;

/// Handles one event.
pub async fn notify_buyers(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let now = ctx.clock.now();
    let (order, subject) = subject(ctx, event.clone()).await?;
    let Some((record, request)) = notice(&order, &subject, now) else { return Ok(Done::Ignored) };
    let is_new = match NoticeEvent::of(request, &event, now) {
        NoticeEvent::User(event) => ctx.store.request_notice(&record, event).await?,
        NoticeEvent::Guest(event) => ctx.store.request_notice(&record, event).await?,
    };
    Ok(if is_new { Done::Applied } else { Done::Duplicate })
}

/// The order that an event is about, and the subject of the message.
async fn subject(ctx: &ConsumerContext, event: Envelope<Value>) -> Result<(Order, Subject), Failure> {
    if event.is::<OrderPlaced>() {
        Ok((order(ctx, event.decode::<OrderPlaced>()?.data.order.order_id).await?, Subject::Placed))
    } else if event.is::<OrderConfirmed>() {
        Ok((order(ctx, event.decode::<OrderConfirmed>()?.data.order.order_id).await?, Subject::Confirmed))
    } else if event.is::<OrderCancelled>() {
        let event = event.decode::<OrderCancelled>()?;
        let OrderCancelled { order: facts, lines: units, is_complete, .. } = event.data;
        let subject = Subject::Cancelled { event: event.id.uuid(), units, is_complete };
        Ok((order(ctx, facts.order_id).await?, subject))
    } else if event.is::<RefundSucceeded>() {
        let refund = event.decode::<RefundSucceeded>()?.data;
        let subject = Subject::Refunded { refund_id: refund.refund_id, amount: refund.refunded_minor };
        Ok((order(ctx, refund.payment.order_id).await?, subject))
    } else if event.is::<ShipmentShipped>() {
        let ShipmentShipped { order: facts, shipment, lines: units, is_last, .. } = event.decode()?.data;
        let (order, shipment) =
            ctx.store.shipment(&OrderName::Id(facts.order_id), shipment).await?.ok_or_else(absent)?;
        Ok((order.value, Subject::Shipped { shipment: shipment.value, units, is_last }))
    } else if event.is::<ShipmentDelivered>() {
        let ShipmentDelivered { order: facts, shipment } = event.decode()?.data;
        let (order, shipment) =
            ctx.store.shipment(&OrderName::Id(facts.order_id), shipment).await?.ok_or_else(absent)?;
        Ok((order.value, Subject::Delivered(shipment.value)))
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

async fn order(ctx: &ConsumerContext, id: OrderId) -> Result<Order, Failure> {
    let order = ctx.store.order(id, Read::Strong).await?;
    order.map(|order| order.value).ok_or_else(absent)
}

fn absent() -> Failure {
    Failure::Poison("the order or the shipment does not exist".to_owned())
}
