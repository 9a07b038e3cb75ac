//! Copies of promotions, and what they reduce.

use dynamo::{Key, Outcome, Read, StoreError, Versioned};
use types::{PromotionId, VariantId};

use super::entries::entry_key;
use super::{Catalog, Store, prices};
use crate::domain::bundle::VariantEntry;
use crate::domain::price::Price;
use crate::domain::price_list::PriceLists;
use crate::domain::promotion::{Course, PromotionCopy, Reach, Reductions, Revision};
use crate::domain::reduction::Priced;

/// What is stored of the prices of a variant.
#[derive(Debug)]
pub struct PriceFacts {
    lists: PriceLists,
    prices: Vec<Price>,
    reductions: Vec<Reductions>,
}

impl PriceFacts {
    /// Returns the facts for the calculation of a price.
    pub fn priced(&self) -> Priced<'_> {
        Priced { lists: &self.lists, prices: &self.prices, reductions: &self.reductions }
    }
}

impl Store {
    /// Adds a revision of a promotion to its copy. Returns the copy, and whether the revision is new.
    pub async fn keep_promotion(
        &self,
        promotion_id: PromotionId,
        revision: &Revision,
    ) -> Result<(Versioned<PromotionCopy>, bool), StoreError> {
        let nothing = || PromotionCopy::nothing(promotion_id);
        let decide = |known: Option<&Versioned<PromotionCopy>>| {
            known.map_or_else(nothing, |known| known.value.clone()).with(revision.clone()).into()
        };
        let outcome: Outcome<PromotionCopy> = self.table.update(promotion_key(promotion_id), decide).await?;
        Ok(match outcome {
            Outcome::Applied(copy) => (copy, true),
            Outcome::Unchanged(copy) => (copy.unwrap_or_else(|| Versioned::new(nothing(), 0)), false),
            Outcome::Refused(never) => match never {},
        })
    }

    /// Adds what is known of a promotion to the reductions of a reach. False if it is no news.
    pub async fn keep_course(&self, reach: Reach, course: &Course) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<Reductions>>| {
            let known = known.map_or_else(|| Reductions::none(reach), |known| known.value.clone());
            known.with(course).into()
        };
        let outcome: Outcome<Reductions> = self.table.update(reductions_key(reach), decide).await?;
        Ok(outcome.is_applied())
    }

    /// Reads what the price of a variant depends on, in two round trips: the product of the variant is known after the first.
    pub async fn price_facts(&self, variant: VariantId) -> Result<PriceFacts, StoreError> {
        let direct = [Reach::Everything, Reach::Variant(variant)];
        let keys = [prices::lists_key(), entry_key(variant)].into_iter().chain(direct.map(reductions_key)).collect();
        let (found, prices) = futures::join!(self.table.get_many(keys, Read::Eventual), self.all_prices(variant));
        let (mut found, prices) = (found?, prices?);
        let lists = found.take::<PriceLists>(prices::lists_key())?.map(|lists| lists.value).unwrap_or_default();
        let mut reductions: Vec<Option<Versioned<Reductions>>> = Vec::new();
        for reach in direct {
            reductions.push(found.take(reductions_key(reach))?);
        }
        if let Some(entry) = found.take::<VariantEntry>(entry_key(variant))? {
            let of_product = reductions_key(Reach::Product(entry.value.product_id));
            reductions.push(self.table.get(of_product, Read::Eventual).await?);
        }
        let reductions = reductions.into_iter().flatten().map(|reductions| reductions.value).collect();
        Ok(PriceFacts { lists, prices, reductions })
    }
}

pub(super) fn promotion_key(id: PromotionId) -> Key<Catalog> {
    Key::new("promotion", id, "promotion")
}

pub(super) fn reductions_key(reach: Reach) -> Key<Catalog> {
    match reach {
        Reach::Everything => Key::new("reductions", "everything", "history"),
        Reach::Product(id) => Key::new("reductions", format!("product-{id}"), "history"),
        Reach::Variant(id) => Key::new("reductions", format!("variant-{id}"), "history"),
    }
}
