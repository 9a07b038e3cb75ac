//! Proration: what a period costs after any sequence of changes.
//!
//! Nothing is repaired step by step. The whole period is laid out anew from all its changes, and what was invoiced before is
//! subtracted. The sum of the segments is the exact sum, rounded once, half away from zero; the units that rounding down
//! leaves go to the segments with the largest remainders. The denominator is always the whole period.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use money::round_div;
use serde::{Deserialize, Serialize};
use types::PriceId;

use super::period::Period;

/// What one whole period costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Price.
    pub price: PriceId,
    /// Amount for the whole period in minor units, after discounts. Never negative.
    pub amount: i64,
}

/// From an instant on, another price is charged, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When, in whole seconds.
    pub at: Timestamp,
    /// What is charged from then on. None: nothing.
    pub charge: Option<Charge>,
}

/// A part of a period with one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First instant.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
    /// Price.
    pub price: PriceId,
    /// What it costs.
    pub amount: i64,
}

/// Lays out a period. `changes` are in the order in which they were decided; a later one replaces what an earlier one said
/// about the same time. Before the first change nothing is charged.
pub fn segments(period: &Period, changes: &[Change]) -> Vec<Segment> {
    let spans = spans(period, changes);
    let whole = i128::from(period.seconds()).max(1);
    let weighted = |span: &Span| i128::from(span.charge.amount) * i128::from(span.seconds());
    let exact: Vec<i128> = spans.iter().map(weighted).collect();
    let total = round_div(exact.iter().sum(), whole);
    let mut parts: Vec<i128> = exact.iter().map(|product| product / whole).collect();
    let left = total - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|index| Reverse(exact.get(*index).map(|product| product % whole)));
    for index in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    let segment = |(span, part): (Span, i128)| Segment {
        start: span.start,
        end: span.end,
        price: span.charge.price,
        // A part of a period costs at most what the whole period costs, so it fits.
        amount: i64::try_from(part).unwrap_or(span.charge.amount),
    };
    spans.into_iter().zip(parts).map(segment).collect()
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: Timestamp,
    end: Timestamp,
    charge: Charge,
}

impl Span {
    fn seconds(&self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }
}

/// The spans of a period in their order: none is empty, and neighbours differ in their charge.
fn spans(period: &Period, changes: &[Change]) -> Vec<Span> {
    let mut starts: Vec<Change> = Vec::new();
    for change in changes {
        let at = change.at.clamp(period.start, period.end);
        while starts.last().is_some_and(|last| last.at >= at) {
            starts.pop();
        }
        if starts.last().is_none_or(|last| last.charge != change.charge) {
            starts.push(Change { at, charge: change.charge });
        }
    }
    let ends = starts.iter().skip(1).map(|next| next.at).chain([period.end]);
    let span = |(start, end): (&Change, Timestamp)| Some(Span { start: start.at, end, charge: start.charge? });
    starts.iter().zip(ends).filter_map(span).filter(|span| span.seconds() > 0).collect()
}

/// What is billed of one period: its changes, and what was invoiced for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodAccount {
    /// The period.
    pub period: Period,
    /// All changes, in the order in which they were decided.
    pub changes: Vec<Change>,
    /// What was invoiced less what was credited, per price.
    pub invoiced: BTreeMap<PriceId, i64>,
}

/// The difference between what a price costs in a period and what was invoiced for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Price.
    pub price: PriceId,
    /// Signed amount: negative for a credit.
    pub amount: i64,
    /// First instant of the time that the line is about.
    pub from: Timestamp,
    /// First instant after it.
    pub to: Timestamp,
}

impl PeriodAccount {
    /// The account of a period that starts with a charge.
    pub fn open(period: Period, charge: Charge) -> Self {
        let start = Change { at: period.start, charge: Some(charge) };
        Self { period, changes: vec![start], invoiced: BTreeMap::new() }
    }

    /// The account after one more change. A change counts from its instant or from that of the change before it, if that is
    /// later.
    #[must_use]
    pub fn with(&self, change: Change) -> Self {
        let last = self.changes.last().map_or(self.period.start, |last| last.at);
        let at = change.at.clamp(last, self.period.end.max(last));
        let mut next = self.clone();
        next.changes.push(Change { at, ..change });
        next
    }

    /// The account if nothing is charged for the whole period.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self { changes: Vec::new(), ..self.clone() }
    }

    /// What each price costs in the period.
    pub fn totals(&self) -> BTreeMap<PriceId, i64> {
        let mut totals = BTreeMap::new();
        for segment in segments(&self.period, &self.changes) {
            *totals.entry(segment.price).or_insert(0) += segment.amount;
        }
        totals
    }

    /// What the whole period costs.
    pub fn total(&self) -> i64 {
        self.totals().values().sum()
    }

    /// What is to be invoiced or credited: costs less what was invoiced. Credits come first, no line is zero.
    pub fn due(&self) -> Vec<Line> {
        let totals = self.totals();
        let from = self.changes.last().map_or(self.period.start, |last| last.at);
        let prices: BTreeSet<PriceId> = totals.keys().chain(self.invoiced.keys()).copied().collect();
        let amount = |of: &BTreeMap<PriceId, i64>, price: PriceId| of.get(&price).copied().unwrap_or(0);
        let line = |price: PriceId| Line {
            price,
            amount: amount(&totals, price) - amount(&self.invoiced, price),
            from,
            to: self.period.end,
        };
        let mut lines: Vec<Line> = prices.into_iter().map(line).filter(|line| line.amount != 0).collect();
        lines.sort_by_key(|line| line.amount > 0);
        lines
    }

    /// The account once everything that is due is on a document.
    #[must_use]
    pub fn billed(&self) -> Self {
        let invoiced = self.totals().into_iter().filter(|(_, amount)| *amount != 0).collect();
        Self { invoiced, ..self.clone() }
    }
}

#[cfg(test)]
#[path = "proration_tests.rs"]
mod tests;
