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
use types::{ProductId, VariantId};

use crate::ctx::ConsumerContext;
use crate::domain::page;
use crate::domain::product::ProductNews;
use crate::domain::projection::project;
use crate::domain::variant::VariantFacts;
use crate::store::{ProjectionRead, Written};

/// How many products are built at the same time. A component belongs to at most 500 bundles.
const MAX_PARALLEL: usize = 16;

/// Handles one event.
pub async fn build_catalog_pages(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let at = event.occurred_at;
    if event.is::<ProductPublished>() {
        let news = ProductNews::of_published(event.decode()?.data, at);
        let variants = news.product.iter().flat_map(|product| &product.variants).map(|variant| variant.variant_id);
        let variants = variants.collect();
        published(ctx, news, variants).await
    } else if event.is::<ProductChanged>() {
        product(ctx, ProductNews::of_changed(event.decode()?.data, at)).await
    } else if event.is::<ProductArchived>() {
        let fact = event.decode()?.data;
        let news = ProductNews::of_archived(&fact, at);
        published(ctx, news, fact.variant_ids).await
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

/// The begin or end of a publication also shows in bundles with its variants: they name products while these are published. That
/// follows from the state, so that it does not matter which of the product's events was handled first.
async fn published(ctx: &ConsumerContext, news: ProductNews, variants: Vec<VariantId>) -> Handled {
    let done = product(ctx, news).await?;
    let bundles = stream::iter(variants).map(async |variant| ctx.store.bundle_products(variant).await);
    let bundles: Vec<BTreeSet<ProductId>> = bundles.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    refresh_all(ctx, bundles.into_iter().flatten().collect()).await?;
    Ok(done)
}

/// The routes first: from here on changes of components reach the page.
async fn product(ctx: &ConsumerContext, news: ProductNews) -> Handled {
    let components = news.product.as_ref().map(page::shown_components).unwrap_or_default();
    if !components.is_empty() {
        ctx.store.keep_routes(news.product_id, &components).await?;
    }
    let mut retry = ConflictRetry::default();
    loop {
        let read = Box::pin(ctx.store.read_projection(news.product_id, Some(&news))).await?;
        match write_news(ctx, &read, &news).await? {
            Written::Applied => return Ok(Done::Applied),
            Written::Unchanged => return Ok(Done::Duplicate),
            Written::Conflict => retry.pause().await?,
        }
    }
}

/// Prices of components do not show in bundles, so that price changes look for none.
async fn variant(ctx: &ConsumerContext, news: &VariantFacts) -> Handled {
    let (facts, is_changed) = ctx.store.keep_variant(news).await?;
    let bundles =
        if news.prices.is_empty() { ctx.store.bundle_products(news.variant_id).await? } else { BTreeSet::new() };
    let products: BTreeSet<ProductId> = facts.product_id.into_iter().chain(bundles).collect();
    let is_built = refresh_all(ctx, products).await?;
    Ok(applied(is_changed || is_built))
}

/// True if an item changed.
async fn refresh_all(ctx: &ConsumerContext, products: BTreeSet<ProductId>) -> Result<bool, Failure> {
    let built = stream::iter(products).map(async |product| refresh(ctx, product).await);
    let built: Vec<bool> = built.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(built.contains(&true))
}

/// Writes the items of a product after its event, and then looks at its facts once more: while this was under way, the handler of a
/// variant may have stored facts, and built from the earlier state or not at all.
pub async fn write_news(ctx: &ConsumerContext, read: &ProjectionRead, news: &ProductNews) -> Result<Written, Failure> {
    let written = ctx.store.write_projection(read, &project(&read.before, Some(news))).await?;
    if written == Written::Applied {
        refresh(ctx, news.product_id).await?;
    }
    Ok(written)
}

/// Builds the items of a product from its facts. False if they are like this already.
async fn refresh(ctx: &ConsumerContext, product: ProductId) -> Result<bool, Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let read = Box::pin(ctx.store.read_projection(product, None)).await?;
        if !read.before.state.is_published {
            return Ok(false);
        }
        match ctx.store.write_projection(&read, &project(&read.before, None)).await? {
            Written::Applied => return Ok(true),
            Written::Unchanged => return Ok(false),
            Written::Conflict => retry.pause().await?,
        }
    }
}

const fn applied(is_news: bool) -> Done {
    if is_news { Done::Applied } else { Done::Duplicate }
}
