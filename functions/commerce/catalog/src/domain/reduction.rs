//! The price that a buyer gets, why, and the lowest price before it was reduced.
//!
//! Directive 98/6/EC, article 6a (the "Omnibus" directive): who announces a reduction must state the lowest price of the 30 days
//! before the reduction began. Not of the last 30 days: then a reduction of two months would be measured against itself.

use jiff::{SignedDuration, Timestamp};

use super::names::Slug;
use super::price::Price;
use super::price_list::{Buyer, PriceList, PriceLists};

/// For how long before a reduction the lowest price counts.
pub const REFERENCE_PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The price of one unit for a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Price of one unit, in minor units.
    pub amount_minor: i64,
    /// Code of the list that it comes from.
    pub list: Slug,
    /// The reduction, if the price is reduced.
    pub reduction: Option<Reduction>,
}

/// A reduction that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduction {
    /// When it began. A further reduction without a rise in between belongs to the same one.
    pub since: Timestamp,
    /// Lowest price of one unit in the 30 days before, in minor units.
    pub lowest_prior_minor: i64,
}

/// A price that a buyer got from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    from: Timestamp,
    amount_minor: Option<i64>,
}

/// Returns what a buyer pays for one unit at a quantity: the lowest price of all lists that apply. Of equal ones, that of the
/// first list by code.
pub fn offer(lists: &PriceLists, prices: &[Price], buyer: &Buyer, quantity: u32, now: Timestamp) -> Option<Offer> {
    let lists: Vec<_> = prices
        .iter()
        .filter_map(|price| Some((price, lists.get(&price.list)?)))
        .filter(|(_, list)| list.is_for(buyer))
        .collect();
    let applying = lists.iter().filter_map(|(price, list)| Some((amount(price, list, quantity, now)?, &price.list)));
    let (amount_minor, list) = applying.min()?;
    Some(Offer { amount_minor, list: list.clone(), reduction: reduction(&steps(&lists, quantity, now)) })
}

fn amount(price: &Price, list: &PriceList, quantity: u32, at: Timestamp) -> Option<i64> {
    price.at(at).filter(|_| list.applies_at(at))?.amount_for(quantity)
}

/// All that a buyer would have paid until now, each with its beginning.
fn steps(lists: &[(&Price, &PriceList)], quantity: u32, now: Timestamp) -> Vec<Step> {
    let moments = lists.iter().flat_map(|(price, list)| {
        let records = price.records.iter().map(|record| record.from);
        records.chain([list.valid_from]).chain(list.valid_until)
    });
    let mut moments: Vec<_> = moments.filter(|moment| *moment <= now).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut steps: Vec<Step> = Vec::new();
    for from in moments {
        let amount_minor = lists.iter().filter_map(|(price, list)| amount(price, list, quantity, from)).min();
        if steps.last().is_none_or(|last| last.amount_minor != amount_minor) {
            steps.push(Step { from, amount_minor });
        }
    }
    steps
}

/// The reduction that goes on at the end of these steps.
fn reduction(steps: &[Step]) -> Option<Reduction> {
    let is_reduced = |pair: &[Step]| match pair {
        [before, after] => after.amount_minor.zip(before.amount_minor).is_some_and(|(after, before)| after < before),
        _ => false,
    };
    let chain = steps.windows(2).rev().take_while(|pair| is_reduced(pair)).count();
    let first = steps.len().checked_sub(chain).filter(|_| chain > 0)?;
    let since = steps.get(first)?.from;
    let begin = since.saturating_sub(REFERENCE_PERIOD).unwrap_or(Timestamp::MIN);
    let before = steps.windows(2).take(first).filter(|pair| pair[1].from > begin);
    let lowest_prior_minor = before.filter_map(|pair| pair[0].amount_minor).min()?;
    Some(Reduction { since, lowest_prior_minor })
}

#[cfg(test)]
#[path = "reduction_tests.rs"]
mod tests;
