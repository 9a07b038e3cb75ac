//! On events of the catalog, of stock, and of species and guides: writes the documents of products and of all other collections, and
//! the logs of changes that searches read. On confirmed orders: counts what was sold, which is the popularity of products. One queue
//! serves all collections, because an idle queue costs money too.
//!
//! Emits `search.build_requested.v1` for every 2,000th change of a collection, and for each change of what documents share.
//!
//! Each source of a document keeps its newest revision, so neither order nor repetition of events matters. A price names its variant
//! only: until the variant's product is known, the price waits in the entry of the variant.

use std::collections::BTreeMap;

use contracts::Envelope;
use contracts::catalog::{
    CategoryChanged, PriceChanged, PriceListChanged, ProductArchived, ProductChanged, ProductPublished, VariantChanged,
};
use contracts::knowledge::{GuideChanged, SpeciesChanged, SpeciesMerged};
use contracts::orders::{AvailabilityChanged, OrderConfirmed, StockAvailability};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{ProductId, VariantId};

use crate::consumers::writing::{
    Cause, try_write_product, write_categories, write_plain, write_price_lists, write_product,
};
use crate::ctx::IndexContext;
use crate::domain::popularity::OrderUnits;
use crate::domain::product::{ListPrice, Stock, Update, VariantEntry, merge_prices};
use crate::store::{NotAppended, VariantRead};

/// Handles one event.
pub async fn index_products(ctx: &'static IndexContext, event: Envelope<Value>) -> Handled {
    let cause = Cause::of(&event);
    if event.is::<ProductPublished>() {
        let event = event.decode::<ProductPublished>()?;
        let ProductPublished { product_id, revision, product } = event.data;
        let published_at = Some(event.occurred_at);
        let update = Update::Published { revision, snapshot: Box::new(product), published_at };
        write_product(ctx, &cause, product_id, update).await
    } else if event.is::<ProductChanged>() {
        let ProductChanged { product_id, revision, product } = event.decode::<ProductChanged>()?.data;
        let update = Update::Published { revision, snapshot: Box::new(product), published_at: None };
        write_product(ctx, &cause, product_id, update).await
    } else if event.is::<ProductArchived>() {
        let ProductArchived { product_id, revision, .. } = event.decode::<ProductArchived>()?.data;
        write_product(ctx, &cause, product_id, Update::Archived { revision }).await
    } else if event.is::<VariantChanged>() {
        let fact = event.decode::<VariantChanged>()?.data;
        variant_of(ctx, &cause, fact.variant_id, fact.product_id).await
    } else if event.is::<PriceChanged>() {
        price_changed(ctx, &cause, event.decode::<PriceChanged>()?.data).await
    } else if event.is::<PriceListChanged>() {
        write_price_lists(ctx, &cause, &event.decode::<PriceListChanged>()?.data).await
    } else if event.is::<CategoryChanged>() {
        write_categories(ctx, &cause, &event.decode::<CategoryChanged>()?.data).await
    } else if event.is::<AvailabilityChanged>() {
        let fact = event.decode::<AvailabilityChanged>()?.data;
        let available = fact.availability != StockAvailability::OutOfStock;
        let stock = Stock { revision: fact.revision, available };
        write_product(ctx, &cause, fact.product_id, Update::Stock { variant_id: fact.variant_id, stock }).await
    } else if event.is::<OrderConfirmed>() {
        count_order(ctx, &event.decode::<OrderConfirmed>()?.data).await
    } else if event.is::<SpeciesChanged>() {
        write_plain(ctx, &cause, event.decode::<SpeciesChanged>()?.data.into()).await
    } else if event.is::<SpeciesMerged>() {
        write_plain(ctx, &cause, event.decode::<SpeciesMerged>()?.data.into()).await
    } else if event.is::<GuideChanged>() {
        write_plain(ctx, &cause, event.decode::<GuideChanged>()?.data.into()).await
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

async fn count_order(ctx: &IndexContext, order: &OrderConfirmed) -> Handled {
    let units = OrderUnits::of(order);
    if units.is_old(ctx.clock.now()) {
        return Ok(Done::Duplicate);
    }
    let is_new = ctx.store.count_order(units).await?;
    Ok(if is_new { Done::Applied } else { Done::Duplicate })
}

/// Notes the product of a variant, which never changes, and takes over the prices that waited for it.
async fn variant_of(ctx: &IndexContext, cause: &Cause, variant_id: VariantId, product_id: ProductId) -> Handled {
    let mut retry = dynamo::ConflictRetry::default();
    loop {
        let read = ctx.store.variant(variant_id).await?;
        if read.product_id().is_some() {
            return Ok(Done::Duplicate);
        }
        let prices = pending(&read);
        let next = VariantEntry { variant_id, product_id: Some(product_id), pending: BTreeMap::new() };
        let written = if prices.is_empty() {
            match ctx.store.write_variant(&read, &next).await {
                Ok(()) => Some(Done::Applied),
                Err(NotAppended::Conflict) => None,
                Err(NotAppended::Store(error)) => return Err(error.into()),
            }
        } else {
            let update = Update::Prices { variant_id, prices };
            try_write_product(ctx, cause, product_id, &update, Some((&read, &next))).await?
        };
        match written {
            Some(done) => return Ok(done),
            None => retry.pause().await?,
        }
    }
}

async fn price_changed(ctx: &IndexContext, cause: &Cause, fact: PriceChanged) -> Handled {
    let first = fact.tiers.unwrap_or_default().into_iter().find(|tier| tier.min_quantity <= 1);
    let amount_minor = first.map(|tier| tier.amount_minor);
    let price = ListPrice { revision: fact.revision, currency: fact.currency, amount_minor };
    let (variant_id, prices) = (fact.variant_id, BTreeMap::from([(fact.price_list, price)]));
    let mut retry = dynamo::ConflictRetry::default();
    loop {
        let read = ctx.store.variant(variant_id).await?;
        if let Some(product_id) = read.product_id() {
            return write_product(ctx, cause, product_id, Update::Prices { variant_id, prices }).await;
        }
        let mut waiting = pending(&read);
        merge_prices(&mut waiting, prices.clone());
        if waiting == pending(&read) {
            return Ok(Done::Duplicate);
        }
        let next = VariantEntry { variant_id, product_id: None, pending: waiting };
        match ctx.store.write_variant(&read, &next).await {
            Ok(()) => return Ok(Done::Applied),
            Err(NotAppended::Conflict) => retry.pause().await?,
            Err(NotAppended::Store(error)) => return Err(error.into()),
        }
    }
}

fn pending(read: &VariantRead) -> BTreeMap<String, ListPrice> {
    read.entry.as_ref().map(|entry| entry.value.pending.clone()).unwrap_or_default()
}
