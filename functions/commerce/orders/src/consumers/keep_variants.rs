//! On events of the catalog: keeps a copy of variants and their products, archived ones included.

use contracts::Envelope;
use contracts::catalog::{ProductArchived, ProductChanged, ProductPublished, VariantChanged};
use futures::{StreamExt, TryStreamExt, stream};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::variant_copy::VariantCopy;

/// How many copies are written at the same time. A product has at most 100 variants.
const MAX_PARALLEL: usize = 16;

/// Handles one event. Whatever order they come in, and however often, the newest revision wins.
pub async fn keep_variants(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let copies = if event.is::<VariantChanged>() {
        vec![VariantCopy::of_variant(event.decode::<VariantChanged>()?.data)]
    } else if event.is::<ProductPublished>() {
        let ProductPublished { product_id, revision, product } = event.decode()?.data;
        VariantCopy::of_product(product_id, revision, product)
    } else if event.is::<ProductChanged>() {
        let ProductChanged { product_id, revision, product } = event.decode()?.data;
        VariantCopy::of_product(product_id, revision, product)
    } else if event.is::<ProductArchived>() {
        VariantCopy::of_archived(&event.decode::<ProductArchived>()?.data)
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    };
    let kept = stream::iter(copies).map(async |copy| ctx.store.keep_variant(&copy).await);
    let kept: Vec<bool> = kept.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(if kept.contains(&true) { Done::Applied } else { Done::Duplicate })
}
