//! The price that a buyer gets, why, and the lowest price before it was reduced.
//!
//! Directive 98/6/EC, article 6a (the "Omnibus" directive): who announces a reduction must state the lowest price of the 30 days
//! before the reduction began. Not of the last 30 days: then a reduction of two months would be measured against itself.
//!
//! What counts is what buyers paid: the lowest price of all lists, less the promotions that everybody gets. While a promotion
//! applies, the reduction began with it; without one, it began with the first fall of the price. A rise ends either, so the price
//! before a rise is never forgotten: a price is not compared with anything above what was paid in the 30 days.

use jiff::{SignedDuration, Timestamp};
use types::CurrencyCode;

use super::names::Slug;
use super::price::Price;
use super::price_list::{Buyer, PriceList, PriceLists};
use super::promotion::{AppliedPromotion, Course, Reductions, reduced};

/// For how long before a reduction the lowest price counts.
pub const REFERENCE_PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The price of one unit for a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Price of one unit, in minor units.
    pub amount_minor: i64,
    /// Price of one unit in the list, before promotions, in minor units.
    pub list_amount_minor: i64,
    /// Code of the list that it comes from.
    pub list: Slug,
    /// The promotions that reduce it, in the order in which they apply.
    pub promotions: Vec<AppliedPromotion>,
    /// The reduction, if the price is reduced.
    pub reduction: Option<Reduction>,
}

/// A reduction that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduction {
    /// When it began: with the promotion, or else with the first fall of the price. What follows without a rise belongs to it.
    pub since: Timestamp,
    /// Lowest price of one unit in the 30 days before, in minor units.
    pub lowest_prior_minor: i64,
}

/// A price that a buyer got from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    from: Timestamp,
    amount_minor: Option<i64>,
    /// Whether a promotion reduced it.
    is_promoted: bool,
}

/// What is known of the prices of a variant.
#[derive(Debug, Clone, Copy)]
pub struct Priced<'a> {
    /// All price lists.
    pub lists: &'a PriceLists,
    /// The prices of the variant in them.
    pub prices: &'a [Price],
    /// What reduced its prices: as this variant, as a variant of its product, and as any variant.
    pub reductions: &'a [Reductions],
}

/// Returns what a buyer pays for one unit at a quantity: the lowest price of all lists that apply, less promotions. Of equal prices,
/// that of the first list by code.
pub fn offer(known: Priced<'_>, buyer: &Buyer, quantity: u32, now: Timestamp) -> Option<Offer> {
    let Priced { lists, prices, reductions } = known;
    let courses: Vec<_> = reductions.iter().flat_map(|reductions| &reductions.courses).collect();
    let lists: Vec<_> = prices
        .iter()
        .filter_map(|price| Some((price, lists.get(&price.list)?)))
        .filter(|(_, list)| list.is_for(buyer))
        .collect();
    let applying = lists.iter().filter_map(|(price, list)| Some((amount(price, list, quantity, now)?, &price.list)));
    let (list_amount_minor, list) = applying.min()?;
    let (amount_minor, promotions) = reduced(list_amount_minor, &buyer.currency, &courses, now);
    let reduction = reduction(&steps(&lists, &courses, (&buyer.currency, quantity), now));
    Some(Offer { amount_minor, list_amount_minor, list: list.clone(), promotions, reduction })
}

fn amount(price: &Price, list: &PriceList, quantity: u32, at: Timestamp) -> Option<i64> {
    price.at(at).filter(|_| list.applies_at(at))?.amount_for(quantity)
}

/// All that a buyer would have paid until now, each with its beginning.
fn steps(
    lists: &[(&Price, &PriceList)],
    courses: &[&Course],
    (currency, quantity): (&CurrencyCode, u32),
    now: Timestamp,
) -> Vec<Step> {
    let of_lists = lists.iter().flat_map(|(price, list)| {
        let records = price.records.iter().map(|record| record.from);
        records.chain([list.valid_from]).chain(list.valid_until)
    });
    let of_promotions = courses.iter().flat_map(|course| course.moments());
    let mut moments: Vec<_> = of_lists.chain(of_promotions).filter(|moment| *moment <= now).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut steps: Vec<Step> = Vec::new();
    for from in moments {
        let in_lists = lists.iter().filter_map(|(price, list)| amount(price, list, quantity, from)).min();
        let (amount_minor, is_promoted) = match in_lists.map(|amount| reduced(amount, currency, courses, from)) {
            Some((amount, promotions)) => (Some(amount), !promotions.is_empty()),
            None => (None, false),
        };
        if steps.last().is_none_or(|last| (last.amount_minor, last.is_promoted) != (amount_minor, is_promoted)) {
            steps.push(Step { from, amount_minor, is_promoted });
        }
    }
    steps
}

/// The reduction that goes on at the end of these steps.
fn reduction(steps: &[Step]) -> Option<Reduction> {
    let last = steps.last().filter(|last| last.amount_minor.is_some())?;
    let first = if last.is_promoted { begin_of_promotion(steps) } else { first_fall(steps) }?;
    let since = steps.get(first)?.from;
    let begin = since.saturating_sub(REFERENCE_PERIOD).unwrap_or(Timestamp::MIN);
    let before = steps.windows(2).take(first).filter(|pair| pair[1].from > begin);
    let lowest_prior_minor = before.filter_map(|pair| pair[0].amount_minor).min()?;
    Some(Reduction { since, lowest_prior_minor })
}

/// The number of the step in which the promotions began that reduce the price since then without a rise.
fn begin_of_promotion(steps: &[Step]) -> Option<usize> {
    let continues =
        |pair: &&[Step]| pair.iter().all(|step| step.is_promoted) && compared(pair).is_some_and(|by| by <= 0);
    let chain = steps.windows(2).rev().take_while(continues).count();
    steps.len().checked_sub(chain + 1)
}

/// The number of the step in which the price fell first that has not risen since then.
fn first_fall(steps: &[Step]) -> Option<usize> {
    let chain = steps.windows(2).rev().take_while(|pair| compared(pair).is_some_and(|by| by <= 0)).count();
    let begin = steps.len().checked_sub(chain + 1)?;
    let fall = steps.get(begin..)?.windows(2).position(|pair| compared(pair).is_some_and(|by| by < 0))?;
    Some(begin + fall + 1)
}

/// By how much the price rose from one step to the next; none if one of them has no price.
fn compared(pair: &[Step]) -> Option<i64> {
    match pair {
        [before, after] => Some(after.amount_minor? - before.amount_minor?),
        _ => None,
    }
}

#[cfg(test)]
#[path = "reduction_tests.rs"]
mod tests;
