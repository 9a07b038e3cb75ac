//! On `orders.order_confirmed.v1`: keeps which products were bought together, for half a year.

use contracts::Envelope;
use contracts::orders::OrderConfirmed;
use kit::sqs::{Done, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::basket::Basket;

/// Handles one event. An order is stored once. Orders older than half a year, as a replay of the archive has none, are ignored.
pub async fn keep_orders(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let basket = Basket::of(event.decode::<OrderConfirmed>()?.data);
    if basket.is_expired(ctx.clock.now()) {
        return Ok(Done::Ignored);
    }
    Ok(if ctx.store.keep_basket(basket).await? { Done::Applied } else { Done::Duplicate })
}
