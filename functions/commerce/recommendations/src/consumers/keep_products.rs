//! On events of the catalog and of stock: keeps which products can be recommended, and their categories.

use contracts::Envelope;
use contracts::catalog::{ProductArchived, ProductChanged, ProductPublished};
use contracts::orders::AvailabilityChanged;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::product_copy::ProductNews;

/// Handles one event. Whatever order they come in, and however often, the newest revision wins.
pub async fn keep_products(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let news = if event.is::<ProductPublished>() {
        let ProductPublished { product_id, revision, product } = event.decode()?.data;
        ProductNews::Published(product_id, revision, product)
    } else if event.is::<ProductChanged>() {
        let ProductChanged { product_id, revision, product } = event.decode()?.data;
        ProductNews::Published(product_id, revision, product)
    } else if event.is::<ProductArchived>() {
        ProductNews::Archived(event.decode::<ProductArchived>()?.data)
    } else if event.is::<AvailabilityChanged>() {
        ProductNews::Availability(event.decode::<AvailabilityChanged>()?.data)
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    };
    let kept = ctx.store.keep_product(&news, ctx.clock.now()).await?;
    Ok(if kept { Done::Applied } else { Done::Duplicate })
}
