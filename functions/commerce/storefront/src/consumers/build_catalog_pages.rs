//! On events of the catalog, and `orders.availability_changed.v1`: builds pages and cards of products, and keeps price lists and the
//! tree of categories.
//!
//! Every fact is merged by its revision, and pages follow from facts: neither the order of events nor their repetition matters. Also a
//! fact that is known already leads to a look at the page, since an earlier attempt may have ended between the two.

use std::collections::BTreeSet;

use contracts::Envelope;
use contracts::catalog::{
    CategoryChanged, PriceChanged, PriceListChanged, ProductArchived, ProductChanged, ProductPublished, VariantChanged,
};
use contracts::orders::AvailabilityChanged;
use dynamo::ConflictRetry;
use futures::{StreamExt, TryStreamExt, stream};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::ProductId;

use crate::ctx::ConsumerContext;
use crate::domain::page;
use crate::domain::product::ProductNews;
use crate::domain::projection::project;
use crate::domain::variant::VariantFacts;
use crate::store::Written;

/// How many products are built at the same time. A component belongs to at most 500 bundles.
const MAX_PARALLEL: usize = 16;

/// Handles one event.
pub async fn build_catalog_pages(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let at = event.occurred_at;
    if event.is::<ProductPublished>() {
        product(ctx, ProductNews::of_published(event.decode()?.data, at)).await
    } else if event.is::<ProductChanged>() {
        product(ctx, ProductNews::of_changed(event.decode()?.data, at)).await
    } else if event.is::<ProductArchived>() {
        product(ctx, ProductNews::of_archived(&event.decode()?.data, at)).await
    } else if event.is::<VariantChanged>() {
        variant(ctx, &VariantFacts::of_variant(event.decode()?.data, at)).await
    } else if event.is::<PriceChanged>() {
        variant(ctx, &VariantFacts::of_price(event.decode()?.data, at)).await
    } else if event.is::<AvailabilityChanged>() {
        variant(ctx, &VariantFacts::of_stock(&event.decode()?.data, at)).await
    } else if event.is::<PriceListChanged>() {
        Ok(applied(ctx.store.keep_price_list(&event.decode()?.data).await?))
    } else if event.is::<CategoryChanged>() {
        Ok(applied(ctx.store.keep_category(&event.decode()?.data, at).await?))
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}

/// The routes first: from here on changes of components reach the page.
async fn product(ctx: &ConsumerContext, news: ProductNews) -> Handled {
    let components = news.product.as_ref().map(page::shown_components).unwrap_or_default();
    if !components.is_empty() {
        ctx.store.keep_routes(news.product_id, &components).await?;
    }
    Ok(applied(build(ctx, news.product_id, Some(&news)).await?))
}

/// Prices of components do not show in bundles, so that price changes look for none.
async fn variant(ctx: &ConsumerContext, news: &VariantFacts) -> Handled {
    let (facts, is_changed) = ctx.store.keep_variant(news).await?;
    let bundles =
        if news.prices.is_empty() { ctx.store.bundle_products(news.variant_id).await? } else { BTreeSet::new() };
    let products: BTreeSet<ProductId> = facts.product_id.into_iter().chain(bundles).collect();
    let built = stream::iter(products).map(async |product| build(ctx, product, None).await);
    let built: Vec<bool> = built.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(applied(is_changed || built.contains(&true)))
}

/// Builds the items of a product. False if they are like this already.
async fn build(ctx: &ConsumerContext, product: ProductId, news: Option<&ProductNews>) -> Result<bool, Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let read = Box::pin(ctx.store.read_projection(product, news)).await?;
        if news.is_none() && !read.before.state.is_published {
            return Ok(false);
        }
        match ctx.store.write_projection(&read, &project(&read.before, news)).await? {
            Written::Applied => return Ok(true),
            Written::Unchanged => return Ok(false),
            Written::Conflict => retry.pause().await?,
        }
    }
}

const fn applied(is_news: bool) -> Done {
    if is_news { Done::Applied } else { Done::Duplicate }
}
