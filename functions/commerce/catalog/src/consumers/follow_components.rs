//! On `catalog.variant_changed.v1`: recomputes the weight of the bundles that have the variant as a component.
//!
//! Emits `catalog.variant_changed.v1` for each bundle whose weight changes, and `catalog.product_changed.v1` if its product is
//! published. A bundle is never a component, so that no event follows from these.
//!
//! The weight is derived from what is stored, and is written together with conditions that product and components are as they were
//! read: whatever order events come in, the last one finds the current weights.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Envelope;
use contracts::catalog::VariantChanged;
use dynamo::{ConflictRetry, Outbox, Read, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{EventId, ProductId, VariantId};

use crate::ctx::ConsumerContext;
use crate::domain::product::Product;
use crate::store::{Claim, NotWritten, ReadEntries};

/// How many products are changed at the same time.
const MAX_PARALLEL: usize = 16;
/// How many bundles of a product are weighed in one write: the item holds the product and all events of the write.
const MAX_BUNDLES_PER_WRITE: usize = 20;

/// Handles one event.
pub async fn follow_components(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let event = event.decode::<VariantChanged>()?;
    let Some(entry) = ctx.store.entry(event.data.variant_id, Read::Strong).await? else { return Ok(Done::Ignored) };
    if entry.value.bundles.is_empty() {
        return Ok(Done::Ignored);
    }
    let products = products(ctx, &entry.value.bundles).await?;
    let weighed = stream::iter(products).map(async |(product, bundles)| weigh(ctx, &event, product, &bundles).await);
    let weighed: Vec<bool> = weighed.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(if weighed.contains(&true) { Done::Applied } else { Done::Duplicate })
}

/// Returns the products of bundles, each with its bundles.
async fn products(
    ctx: &ConsumerContext,
    bundles: &BTreeSet<VariantId>,
) -> Result<BTreeMap<ProductId, BTreeSet<VariantId>>, Failure> {
    let mut entries = ReadEntries::default();
    ctx.store.add_entries(&mut entries, bundles).await?;
    let mut products: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for entry in entries.existing().into_values() {
        products.entry(entry.product_id).or_default().insert(entry.variant_id);
    }
    Ok(products)
}

/// Weighs bundles of a product, some with each write. False if they weigh what they should.
async fn weigh(
    ctx: &ConsumerContext,
    event: &Envelope<VariantChanged>,
    product: ProductId,
    bundles: &BTreeSet<VariantId>,
) -> Result<bool, Failure> {
    let (mut retry, mut is_changed) = (ConflictRetry::default(), false);
    loop {
        let Some(read) = ctx.store.product(product, Read::Strong).await? else { return Ok(is_changed) };
        let of_bundles = read.value.variants.iter().filter(|variant| bundles.contains(&variant.id));
        let components = of_bundles.flat_map(|variant| variant.details.components.variants()).collect();
        let mut entries = ReadEntries::default();
        ctx.store.add_entries(&mut entries, &components).await?;
        let now = ctx.clock.now();
        let mut next = some_of(&read.value, read.value.weighed(&entries.existing()));
        if next == read.value {
            return Ok(is_changed);
        }
        next.changed_at = now;
        let outbox = changed(event, &read, &next, now)?;
        match ctx.store.write_with(&read, next, Claim::None, entries, &outbox).await {
            Ok(_) => is_changed = true,
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}

/// Returns a product with the first of the variants that differ.
fn some_of(before: &Product, mut next: Product) -> Product {
    let differing = next.variants.iter_mut().zip(&before.variants).filter(|(next, before)| next != before);
    for (variant, before) in differing.skip(MAX_BUNDLES_PER_WRITE) {
        variant.clone_from(before);
    }
    next
}

/// Returns the events of bundles whose weight changed.
fn changed(
    event: &Envelope<VariantChanged>,
    read: &Versioned<Product>,
    next: &Product,
    now: Timestamp,
) -> Result<Outbox, Failure> {
    let (mut outbox, revision) = (Outbox::none(), read.version + 1);
    if let Some(fact) = next.changed_fact(revision) {
        outbox.push(event.causing(EventId::generate(), now, fact))?;
    }
    for variant in next.variants.iter().filter(|variant| read.value.variant(&variant.sku) != Some(variant)) {
        outbox.push(event.causing(EventId::generate(), now, next.variant_fact(variant, revision)))?;
    }
    Ok(outbox)
}
