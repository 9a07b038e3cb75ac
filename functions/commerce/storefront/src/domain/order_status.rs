//! What follows from the facts of an order: its status, what needs attention, and what it adds to the dashboard.

use std::collections::BTreeMap;

use contracts::orders::SoldUnits;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use types::{CurrencyCode, ProductId};

use super::order::{OrderPage, Refund};
use super::units::Units;

/// Status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not paid yet.
    Placed,
    /// Not paid in time.
    Lapsed,
    /// Cancelled as a whole.
    Cancelled,
    /// To be shipped.
    Confirmed,
    /// Partly shipped.
    PartlyShipped,
    /// Nothing remains to be shipped.
    Shipped,
    /// All that was shipped was delivered, and nothing remains.
    Delivered,
}

/// Why staff have to look at an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attention {
    /// The buyer disputes the payment.
    DisputeOpen,
    /// A refund failed.
    RefundFailed,
    /// The authorization ends, and not all of it was captured.
    AuthorizationExpiring,
}

/// What an order adds to the dashboard and to sales.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contribution {
    /// 1 for an open order: confirmed, and neither delivered nor cancelled.
    pub open: i64,
    /// 1 for an order with units to be shipped.
    pub to_ship: i64,
    /// 1 for an order that needs attention.
    pub attention: i64,
    /// Its part of the revenue of a day in UTC.
    pub revenue: Option<Revenue>,
    /// Units sold by product, on the day of the revenue.
    pub units: BTreeMap<ProductId, i64>,
}

/// The revenue of an order: its total, less what was cancelled, on the day of its confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revenue {
    /// Day in UTC.
    pub day: Date,
    /// Currency.
    pub currency: CurrencyCode,
    /// Amount in minor units.
    pub amount_minor: i64,
}

impl OrderPage {
    /// Returns the status.
    pub fn status(&self) -> Status {
        let delivered = || self.shipments.values().all(|shipment| shipment.delivered_at.is_some());
        if self.is_cancelled() {
            Status::Cancelled
        } else if self.confirmed_at.is_none() && self.shipments.is_empty() {
            if self.lapsed_at.is_some() { Status::Lapsed } else { Status::Placed }
        } else if self.is_all_shipped() {
            if delivered() { Status::Delivered } else { Status::Shipped }
        } else if self.shipments.is_empty() {
            Status::Confirmed
        } else {
            Status::PartlyShipped
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancellations.values().any(|cancellation| cancellation.is_complete)
    }

    /// True if nothing remains to be shipped.
    fn is_all_shipped(&self) -> bool {
        let is_last = self.shipments.values().filter_map(|shipment| shipment.shipped.as_ref()).any(|it| it.is_last);
        is_last || self.cancellations.values().any(|it| it.ends_shipping) || self.is_every_line_done()
    }

    /// True if every line was shipped or cancelled: a cancellation of the last units after the last shipment says nothing of it.
    fn is_every_line_done(&self) -> bool {
        let shipped = self.shipments.values().filter_map(|shipment| shipment.shipped.as_ref()).flat_map(|it| &it.lines);
        let cancelled = self.cancellations.values().flat_map(|it| &it.lines);
        let mut done: BTreeMap<u32, u32> = BTreeMap::new();
        // Shipments name components of a bundle with the bundle's line; only lines that are no bundles can be counted.
        let lines = self.lines.as_deref().unwrap_or_default();
        let is_of_line = |units: &&Units| lines.iter().any(|line| is_same(line, units));
        for units in shipped.chain(cancelled).filter(is_of_line) {
            *done.entry(units.line).or_default() += units.quantity;
        }
        let is_done = |line: &SoldUnits| done.get(&line.line).is_some_and(|count| *count >= line.quantity);
        !lines.is_empty() && lines.iter().all(is_done)
    }

    /// Returns why staff have to look at it, the most urgent reason first.
    pub fn attention(&self) -> Vec<Attention> {
        let dispute = self.disputes.values().any(|dispute| dispute.opened_at.is_some() && dispute.closed.is_none());
        let expiring = self.payment.as_ref().is_some_and(|payment| {
            let is_open = payment.closed_at.is_none() && payment.ended_at.is_none();
            payment.expires_at.is_some()
                && is_open
                && payment.captured_minor < payment.amount_minor
                && !self.is_cancelled()
        });
        let reasons = [
            (dispute, Attention::DisputeOpen),
            (self.has_failed_refund(), Attention::RefundFailed),
            (expiring, Attention::AuthorizationExpiring),
        ];
        reasons.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)).collect()
    }

    /// True if a refund failed, and the buyer did not get the money by others since. A refund that a manager requests instead has an ID
    /// of its own and names no other one, so amounts count: what managers sent after a failure covers the refunds that were due and
    /// failed then or later, and each other refund that failed. Those are not added up: the second of two attempts repeats the first.
    fn has_failed_refund(&self) -> bool {
        let sum = |refunds: &mut dyn Iterator<Item = &Refund>| {
            refunds.fold(0_i64, |sum, refund| sum.saturating_add(refund.amount_minor))
        };
        let failed = || self.refunds.values().filter(|refund| refund.failed_at.is_some() && refund.sent_at.is_none());
        failed().any(|refund| {
            let due = sum(&mut failed().filter(|other| other.due.is_some() && other.failed_at >= refund.failed_at));
            let mut later =
                self.refunds.values().filter(|other| other.due.is_none() && other.sent_at > refund.failed_at);
            sum(&mut later) < due.max(refund.amount_minor)
        })
    }

    /// Returns what it adds to the dashboard and to sales.
    pub fn contribution(&self) -> Contribution {
        let status = self.status();
        let (to_ship, open) = match status {
            Status::Confirmed | Status::PartlyShipped => (1, 1),
            Status::Shipped => (0, 1),
            Status::Placed | Status::Lapsed | Status::Cancelled | Status::Delivered => (0, 0),
        };
        let revenue = self.revenue(status == Status::Cancelled);
        let units = revenue.as_ref().map(|_| self.units()).unwrap_or_default();
        Contribution { open, to_ship, attention: i64::from(!self.attention().is_empty()), revenue, units }
    }

    fn revenue(&self, is_cancelled: bool) -> Option<Revenue> {
        let (head, day) = (self.head.as_ref()?, self.confirmed_at?.to_zoned(TimeZone::UTC).date());
        let cancelled: i64 = self.cancellations.values().flat_map(|it| &it.lines).map(|units| units.gross_minor).sum();
        let amount_minor = if is_cancelled { 0 } else { head.total_minor.saturating_sub(cancelled).max(0) };
        Some(Revenue { day, currency: head.currency.clone(), amount_minor })
    }

    fn units(&self) -> BTreeMap<ProductId, i64> {
        let mut units: BTreeMap<ProductId, i64> = BTreeMap::new();
        for line in self.lines.iter().flatten() {
            let sum = units.entry(line.product_id).or_default();
            *sum = sum.saturating_add(i64::from(line.quantity));
        }
        units
    }
}

/// True if units are of a line, and not of a component of it.
fn is_same(line: &SoldUnits, units: &Units) -> bool {
    line.line == units.line && units.of.is_none_or(|(variant, _)| variant == line.variant_id)
}
