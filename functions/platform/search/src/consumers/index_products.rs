//! On `catalog.product_published.v1`, `catalog.product_changed.v1`, `catalog.product_archived.v1`, `catalog.variant_changed.v1`, `catalog.price_changed.v1`, `catalog.price_list_changed.v1`, `catalog.category_changed.v1`, `orders.availability_changed.v1`: index products.
//! As generated, it lets the event pass.

use contracts::Envelope;
use contracts::catalog::{
    CategoryChanged, PriceChanged, PriceListChanged, ProductArchived, ProductChanged, ProductPublished, VariantChanged,
};
use contracts::orders::AvailabilityChanged;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;

/// Handles one event.
pub async fn index_products(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<ProductPublished>() {
        product_published(ctx, &event.decode::<ProductPublished>()?.data).await
    } else if event.is::<ProductChanged>() {
        product_changed(ctx, &event.decode::<ProductChanged>()?.data).await
    } else if event.is::<ProductArchived>() {
        product_archived(ctx, &event.decode::<ProductArchived>()?.data).await
    } else if event.is::<VariantChanged>() {
        variant_changed(ctx, &event.decode::<VariantChanged>()?.data).await
    } else if event.is::<PriceChanged>() {
        price_changed(ctx, &event.decode::<PriceChanged>()?.data).await
    } else if event.is::<PriceListChanged>() {
        price_list_changed(ctx, &event.decode::<PriceListChanged>()?.data).await
    } else if event.is::<CategoryChanged>() {
        category_changed(ctx, &event.decode::<CategoryChanged>()?.data).await
    } else if event.is::<AvailabilityChanged>() {
        availability_changed(ctx, &event.decode::<AvailabilityChanged>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn product_published(_ctx: &ConsumerContext, _fact: &ProductPublished) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn product_changed(_ctx: &ConsumerContext, _fact: &ProductChanged) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn product_archived(_ctx: &ConsumerContext, _fact: &ProductArchived) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn variant_changed(_ctx: &ConsumerContext, _fact: &VariantChanged) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn price_changed(_ctx: &ConsumerContext, _fact: &PriceChanged) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn price_list_changed(_ctx: &ConsumerContext, _fact: &PriceListChanged) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn category_changed(_ctx: &ConsumerContext, _fact: &CategoryChanged) -> Handled {
    Ok(Done::Ignored)
}

/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a
/// duplicate.
async fn availability_changed(_ctx: &ConsumerContext, _fact: &AvailabilityChanged) -> Handled {
    Ok(Done::Ignored)
}
