//! Facts of variants, and which bundles have them as components.

use std::collections::BTreeSet;

use dynamo::{Conflict, Cursor, Key, Outbox, Outcome, Read, StoreError, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use types::{ProductId, VariantId};

use super::{BundleRoute, Store, route_key, variant_key};
use crate::domain::page::{KnownVariants, MAX_SHOWN_COMPONENTS};
use crate::domain::variant::VariantFacts;

/// Number of routes per page.
const PAGE_ROUTES: u32 = 200;
/// How many routes are written at the same time.
const MAX_PARALLEL: usize = 16;

impl Store {
    /// Merges news into what is known of a variant. Returns the facts, and whether they changed.
    pub async fn keep_variant(&self, news: &VariantFacts) -> Result<(VariantFacts, bool), StoreError> {
        let decide = |known: Option<&Versioned<VariantFacts>>| {
            let known = known.map(|known| &known.value);
            let next = news.merged(known);
            Some(next).filter(|next| known != Some(next)).into()
        };
        let outcome: Outcome<VariantFacts> = self.table.update(variant_key(news.variant_id), decide).await?;
        Ok(match outcome {
            Outcome::Applied(facts) => (facts.value, true),
            Outcome::Unchanged(known) => (known.map_or_else(|| news.clone(), |known| known.value), false),
            Outcome::Refused(never) => match never {},
        })
    }

    /// Reads what is known of variants; at most a hundred.
    pub(super) async fn variants(&self, ids: impl IntoIterator<Item = VariantId>) -> Result<KnownVariants, StoreError> {
        let keys = ids.into_iter().map(variant_key).collect();
        let found: Vec<Versioned<VariantFacts>> = self.table.get_many(keys, Read::Strong).await?.into_all()?;
        Ok(found.into_iter().map(|facts| (facts.value.variant_id, facts.value)).collect())
    }

    /// Notes that a product has bundles with these components. A route is never removed: one that leads to a product without the
    /// component costs a read.
    pub async fn keep_routes(&self, product_id: ProductId, components: &BTreeSet<VariantId>) -> Result<(), StoreError> {
        let routes = components.iter().take(MAX_SHOWN_COMPONENTS).map(|id| BundleRoute { variant_id: *id, product_id });
        let routes: Vec<_> = routes.collect();
        let keys = routes.iter().map(|route| route_key(route.variant_id, product_id)).collect();
        let known = self.table.get_many(keys, Read::Strong).await?;
        let missing = routes.into_iter().filter(|route| !known.contains(route_key(route.variant_id, product_id)));
        let create = async |route| match self.table.create::<BundleRoute>(route, &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        };
        stream::iter(missing).map(create).buffer_unordered(MAX_PARALLEL).try_collect().await
    }

    /// Reads which products have bundles with a variant.
    pub async fn bundle_products(&self, variant: VariantId) -> Result<BTreeSet<ProductId>, StoreError> {
        let (mut products, mut after) = (BTreeSet::new(), None::<Cursor>);
        loop {
            let prefix = Key::new("variant", variant, "bundle#");
            let page = self.table.list_strong::<BundleRoute>(prefix, false, PAGE_ROUTES, after).await?;
            products.extend(page.items.into_iter().map(|route| route.value.product_id));
            after = page.next;
            if after.is_none() {
                return Ok(products);
            }
        }
    }
}
