//! On events of orders: issues the invoice or the credit note that is due. What is due follows from the order and its
//! documents, so the number and order of events make no difference.

use contracts::Envelope;
use contracts::orders::{OrderCancelled, OrderConfirmed, ReturnReceived, ShipmentShipped};
use dynamo::ConflictRetry;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::OrderId;

use crate::ctx::ConsumerContext;
use crate::domain::invoice::{Invoice, InvoiceCounter, Issuer, due};

/// Handles one event.
pub async fn issue_invoices(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let order_id = order_of(event)?;
    let mut retry = ConflictRetry::default();
    loop {
        let now = ctx.clock.now();
        let year = InvoiceCounter::year_of(now);
        let Some(read) = ctx.store.invoices(order_id, year).await? else {
            return Err(Failure::Poison("the order does not exist".to_owned()));
        };
        let documents: Vec<Invoice> = read.documents.iter().map(|document| document.value.clone()).collect();
        let Some(draft) = due(&read.order.value, &documents) else { return Ok(Done::Duplicate) };
        let Some(seller) = &read.settings.seller else {
            // A shop without a seller issues no invoices. The next event of the order issues what is due by then.
            return Ok(Done::Ignored);
        };
        let counter = read.counter.as_ref().map_or_else(|| InvoiceCounter::new(year), |counter| counter.value);
        let issuer = Issuer { seller, prefix: &read.settings.invoice_prefix, counter };
        let document = draft.issue(&read.order.value, issuer, now);
        if ctx.store.issue(&read, document).await? {
            return Ok(Done::Applied);
        }
        retry.pause().await?;
    }
}

fn order_of(event: Envelope<Value>) -> Result<OrderId, Failure> {
    Ok(if event.is::<OrderConfirmed>() {
        event.decode::<OrderConfirmed>()?.data.order.order_id
    } else if event.is::<ShipmentShipped>() {
        event.decode::<ShipmentShipped>()?.data.order.order_id
    } else if event.is::<OrderCancelled>() {
        event.decode::<OrderCancelled>()?.data.order.order_id
    } else if event.is::<ReturnReceived>() {
        event.decode::<ReturnReceived>()?.data.order.order_id
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    })
}
