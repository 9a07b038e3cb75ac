//! Promotions that reduce prices for everybody, with their history: copies of what `orders` publishes.
//!
//! A revision of a promotion holds from the time of its event until that of the next revision. So when a promotion applied in the
//! past never changes, whatever later revisions say: it follows from the revision of that time. Events are delivered at least
//! once and in any order; a copy is the set of the revisions that are known, so neither matters.

use std::collections::BTreeSet;

use contracts::orders::{PromotedVariants, PromotionChanged, PublicReduction};
use jiff::Timestamp;
use money::Rate;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, ProductId, PromotionId, VariantId};

/// Number of revisions that the copy of a promotion keeps, the newest.
pub const MAX_REVISIONS: usize = 50;
/// Number of records that the reductions of one reach keep: those of the promotions that ended last. At most 20 promotions apply
/// without a code at a time, each with up to [`MAX_REVISIONS`] records.
pub const MAX_RECORDS: usize = 1_000;

/// How a promotion reduces prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply; never if there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Fraction of the price.
    pub rate: Rate,
    /// Currency of the prices that it is for; every one if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Reductions apply by rising priority.
    pub priority: u32,
    /// Of reductions of the same group, one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether it applies alone or not at all.
    #[serde(default)]
    pub exclusive: bool,
}

/// A revision of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its number.
    pub revision: u64,
    /// Name.
    pub name: String,
    /// Since when it holds.
    pub from: Timestamp,
    /// The reduction and its variants; none if it is not for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduction: Option<(Terms, PromotedVariants)>,
}

/// The copy of a promotion: the revisions that are known, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotionCopy {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// The revisions.
    pub revisions: Vec<Revision>,
}

/// What a reduction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every variant.
    Everything,
    /// The variants of a product.
    Product(ProductId),
    /// A variant.
    Variant(VariantId),
}

/// How a promotion reduces prices from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReductionRecord {
    /// From when on.
    pub from: Timestamp,
    /// How; none if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
}

/// What a promotion was for one reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Name in the newest revision.
    pub name: String,
    /// Version of the copy that it is derived from. Higher is newer.
    pub version: u64,
    /// The records, oldest first.
    pub records: Vec<ReductionRecord>,
}

/// All that reduced the prices of one reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reductions {
    /// The reach.
    pub reach: Reach,
    /// One for each promotion.
    pub courses: Vec<Course>,
}

/// A promotion that reduces a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedPromotion {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Name.
    pub name: String,
    /// Fraction of the price.
    pub rate: Rate,
}

impl Revision {
    /// What an event says, at the time of the event.
    pub fn of(fact: PromotionChanged, occurred_at: Timestamp) -> Self {
        let PromotionChanged { name, valid_from, valid_until, reduction, revision, .. } = fact;
        let terms = |reduction: PublicReduction| {
            let PublicReduction { rate_millionths, target, currency, priority, group, exclusive } = reduction;
            // Orders take off a hundred percent at most.
            let rate = Rate::from_millionths(rate_millionths).ok()?;
            Some((Terms { valid_from, valid_until, rate, currency, priority, group, exclusive }, target))
        };
        Self { revision, name, from: occurred_at, reduction: reduction.and_then(terms) }
    }

    fn reaches(&self) -> BTreeSet<Reach> {
        match self.reduction.as_ref().map(|(_, target)| target) {
            None => BTreeSet::new(),
            Some(PromotedVariants::Everything) => [Reach::Everything].into(),
            Some(PromotedVariants::Products { ids }) => ids.iter().copied().map(Reach::Product).collect(),
            Some(PromotedVariants::Variants { ids }) => ids.iter().copied().map(Reach::Variant).collect(),
        }
    }

    fn terms_for(&self, reach: Reach) -> Option<Terms> {
        let (terms, target) = self.reduction.as_ref()?;
        let is_for = match (target, reach) {
            (PromotedVariants::Everything, Reach::Everything) => true,
            (PromotedVariants::Products { ids }, Reach::Product(id)) => ids.contains(&id),
            (PromotedVariants::Variants { ids }, Reach::Variant(id)) => ids.contains(&id),
            _ => false,
        };
        is_for.then(|| terms.clone())
    }
}

impl PromotionCopy {
    /// The copy of a promotion of which nothing is known.
    pub fn nothing(promotion_id: PromotionId) -> Self {
        Self { promotion_id, revisions: Vec::new() }
    }

    /// Returns the copy with a revision; `None` if it is known, or older than all that is kept.
    pub fn with(&self, revision: Revision) -> Option<Self> {
        let number = revision.revision;
        let at = self.revisions.binary_search_by_key(&number, |known| known.revision).err()?;
        let mut next = self.clone();
        next.revisions.insert(at, revision);
        let excess = next.revisions.len().saturating_sub(MAX_REVISIONS);
        next.revisions.drain(..excess);
        next.revisions.iter().any(|known| known.revision == number).then_some(next)
    }

    /// Returns what a revision changes the reductions of: its own variants, and those of the revision before it.
    pub fn affected(&self, revision: u64) -> BTreeSet<Reach> {
        let Ok(at) = self.revisions.binary_search_by_key(&revision, |known| known.revision) else {
            return BTreeSet::new();
        };
        let before = at.checked_sub(1).and_then(|before| self.revisions.get(before));
        before.into_iter().chain(self.revisions.get(at)).flat_map(Revision::reaches).collect()
    }

    /// Returns what the promotion was for a reach, as a version of this copy says.
    pub fn course(&self, reach: Reach, version: u64) -> Course {
        let mut records: Vec<ReductionRecord> = Vec::new();
        for revision in &self.revisions {
            let terms = revision.terms_for(reach);
            let last = records.last().and_then(|last| last.terms.as_ref());
            if last != terms.as_ref() {
                // Clocks of functions differ; revisions stay in order.
                let from = records.last().map_or(revision.from, |last| last.from.max(revision.from));
                records.push(ReductionRecord { from, terms });
            }
        }
        let name = self.revisions.last().map(|last| last.name.clone()).unwrap_or_default();
        Course { promotion_id: self.promotion_id, name, version, records }
    }
}

impl Course {
    /// Returns how the promotion reduces prices at a moment.
    pub fn at(&self, at: Timestamp) -> Option<&Terms> {
        let record = self.records.iter().rev().find(|record| record.from <= at)?;
        let applies = |terms: &&Terms| terms.valid_from <= at && terms.valid_until.is_none_or(|until| at < until);
        record.terms.as_ref().filter(applies)
    }

    /// Returns all moments at which it may begin or cease to apply.
    pub fn moments(&self) -> impl Iterator<Item = Timestamp> {
        self.records.iter().flat_map(|record| {
            let terms = record.terms.iter();
            [record.from]
                .into_iter()
                .chain(terms.flat_map(|terms| [terms.valid_from].into_iter().chain(terms.valid_until)))
        })
    }

    /// Returns when it ends, as far as is known.
    fn end(&self) -> Timestamp {
        match self.records.last() {
            None => Timestamp::MIN,
            Some(ReductionRecord { from, terms: None }) => *from,
            Some(ReductionRecord { terms: Some(terms), .. }) => terms.valid_until.unwrap_or(Timestamp::MAX),
        }
    }
}

impl Reductions {
    /// Those of a reach that nothing reduces.
    pub fn none(reach: Reach) -> Self {
        Self { reach, courses: Vec::new() }
    }

    /// Returns the reductions with what is known of a promotion; `None` if that is no news.
    pub fn with(&self, course: &Course) -> Option<Self> {
        let known = self.courses.iter().find(|known| known.promotion_id == course.promotion_id);
        if known.map_or(0, |known| known.version) >= course.version {
            return None;
        }
        let others = self.courses.iter().filter(|known| known.promotion_id != course.promotion_id);
        let mut courses: Vec<_> = others.chain([course]).cloned().collect();
        courses.sort_by_key(|course| (std::cmp::Reverse(course.end()), course.promotion_id));
        let mut records = 0;
        courses.retain(|course| {
            records += course.records.len();
            records <= MAX_RECORDS
        });
        let next = Self { reach: self.reach, courses };
        (next != *self).then_some(next)
    }
}

/// Reduces the price of one unit as orders do: by rising priority, each on what the ones before left; of a group the one that takes
/// off most; an exclusive one alone, if that is better for the buyer. Carts round once per line, so that the unit price of a line
/// may differ by a part of a minor unit.
pub fn reduced(
    amount_minor: i64,
    currency: &CurrencyCode,
    courses: &[&Course],
    at: Timestamp,
) -> (i64, Vec<AppliedPromotion>) {
    let is_for = |(_, terms): &Active<'_>| terms.currency.as_ref().is_none_or(|only| only == currency);
    let active = courses.iter().filter_map(|course| Some((*course, course.at(at)?)));
    let mut active: Vec<Active<'_>> = active.filter(is_for).collect();
    active.sort_by_key(|(course, terms)| (terms.priority, course.promotion_id));
    let (exclusive, together): (Vec<_>, Vec<_>) = active.into_iter().partition(|(_, terms)| terms.exclusive);
    let mut best = apply(amount_minor, &best_of_groups(&together));
    for promotion in exclusive {
        let alone = apply(amount_minor, &[promotion]);
        if alone.0 < best.0 {
            best = alone;
        }
    }
    best
}

/// A promotion that applies, with its terms.
type Active<'a> = (&'a Course, &'a Terms);

/// The promotions without a group, and of each group the one with the highest rate; among equals the first.
fn best_of_groups<'a>(active: &[Active<'a>]) -> Vec<Active<'a>> {
    let is_chosen = |(course, terms): &Active<'_>| {
        let Some(group) = &terms.group else { return true };
        let rivals = active.iter().filter(|(_, rival)| rival.group.as_ref() == Some(group));
        rivals
            .min_by_key(|(_, rival)| std::cmp::Reverse(rival.rate))
            .is_some_and(|(best, _)| best.promotion_id == course.promotion_id)
    };
    active.iter().copied().filter(is_chosen).collect()
}

fn apply(amount_minor: i64, active: &[Active<'_>]) -> (i64, Vec<AppliedPromotion>) {
    let (mut left, mut applied) = (amount_minor, Vec::new());
    for (course, terms) in active {
        let discount = terms.rate.of(left).clamp(0, left.max(0));
        if discount > 0 {
            left -= discount;
            let (promotion_id, name) = (course.promotion_id, course.name.clone());
            applied.push(AppliedPromotion { promotion_id, name, rate: terms.rate });
        }
    }
    (left, applied)
}

#[cfg(test)]
#[path = "promotion_tests.rs"]
mod tests;
