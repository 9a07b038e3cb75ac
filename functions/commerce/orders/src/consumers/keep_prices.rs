//! On events of the catalog: keeps copies of price lists, and of the prices of each variant.

use contracts::Envelope;
use contracts::catalog::{PriceChanged, PriceListChanged};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::variant_copy::VariantCopy;

/// Handles one event. Whatever order they come in, and however often, the highest revision wins.
pub async fn keep_prices(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let is_news = if event.is::<PriceChanged>() {
        ctx.store.keep_variant(&VariantCopy::of_price(event.decode::<PriceChanged>()?.data)).await?
    } else if event.is::<PriceListChanged>() {
        ctx.store.keep_price_list(&event.decode::<PriceListChanged>()?.data).await?
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    };
    Ok(if is_news { Done::Applied } else { Done::Duplicate })
}
