//! Orders: their states, and what may happen to their units.
//!
//! An order exists before money is asked for, and holds its units. Its state says who decides next; whether it is paid,
//! shipped or returned is derived from facts and quantities and never stored beside them.

use jiff::{SignedDuration, Timestamp};
use money::share;
use serde::{Deserialize, Serialize};
use types::{LocationId, VariantId};
use utoipa::ToSchema;

use super::stock::{Component, Taken};

/// How long an order holds its units before the buyer starts to pay.
pub const HOLD: SignedDuration = SignedDuration::from_mins(10);
/// Extra time for the holder, because the clocks of two functions differ.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(2);
/// Time after which the provider is asked for the state of a payment that is in progress.
pub const MAX_PAYMENT_TIME: SignedDuration = SignedDuration::from_mins(35);

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[schema(as = OrderState)]
pub enum State {
    /// Units are held, nothing is paid.
    Held {
        /// Time at which others may take over the units.
        until: Timestamp,
    },
    /// A payment is in progress. Only the provider's answer ends this state.
    Paying {
        /// Time of the start.
        since: Timestamp,
    },
    /// Paid or authorized: to be shipped.
    Confirmed,
    /// Being cancelled: nothing is shipped any more, the money goes back.
    Cancelling,
    /// Cancelled. Final.
    Cancelled,
    /// Not paid in time. Final.
    Lapsed,
    /// Everything was shipped or cancelled. Returns are still possible.
    Closed,
}

/// Units of one variant that a line consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The variant, and its units per unit of the line: 1, or more in a bundle.
    pub component: Component,
    /// Where the units that are neither shipped nor cancelled are held.
    pub held: Vec<Taken>,
    /// Units shipped, those returned included.
    pub shipped: u32,
}

impl Item {
    /// Units that are neither shipped nor cancelled.
    pub fn open(&self) -> u32 {
        self.held.iter().map(|taken| taken.quantity).sum()
    }

    /// Keeps so many of the units held. Returns the others.
    fn keep(&mut self, units: u32) -> Vec<Taken> {
        self.take(self.open().saturating_sub(units), None).unwrap_or_default()
    }

    /// Takes units out of those held, at one location or anywhere. `None` if there are not enough.
    fn take(&mut self, mut quantity: u32, location: Option<LocationId>) -> Option<Vec<Taken>> {
        let here = |taken: &Taken| location.is_none_or(|location| taken.location_id == location);
        let there: u32 = self.held.iter().filter(|taken| here(taken)).map(|taken| taken.quantity).sum();
        if there < quantity {
            return None;
        }
        let mut out = Vec::new();
        for taken in self.held.iter_mut().filter(|taken| here(taken)) {
            let units = taken.quantity.min(quantity);
            taken.quantity -= units;
            quantity -= units;
            if units > 0 {
                out.push(Taken { quantity: units, ..*taken });
            }
        }
        self.held.retain(|taken| taken.quantity > 0);
        Some(out)
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Units ordered.
    pub ordered: u32,
    /// Units cancelled before they were shipped.
    pub cancelled: u32,
    /// Units for which a return was requested, those received included.
    pub returning: u32,
    /// Units received back.
    pub returned: u32,
    /// What the buyer pays for the line, in minor units.
    pub gross: i64,
    /// What the cancelled units would have cost, in minor units.
    #[serde(default)]
    pub cancelled_gross: i64,
    /// Units that were sold although they were not on hand.
    #[serde(default)]
    pub backordered: u32,
    /// The variants that it consists of.
    pub items: Vec<Item>,
}

impl Line {
    /// Units of the line of which everything was shipped.
    pub fn shipped(&self) -> u32 {
        let complete = |item: &Item| item.shipped.checked_div(item.component.quantity).unwrap_or(0);
        self.items.iter().map(complete).min().unwrap_or(0)
    }

    /// Units of the line that were neither shipped completely nor cancelled. Those of a bundle count also if some of its
    /// components were shipped.
    pub fn cancellable(&self) -> u32 {
        (self.ordered - self.cancelled).saturating_sub(self.shipped())
    }

    /// Units that were sold although they were not on hand, and were neither shipped nor cancelled since. The last units count as
    /// such.
    pub fn backordered_open(&self) -> u32 {
        self.backordered.min(self.cancellable())
    }

    /// Units that were not cancelled.
    pub fn kept(&self) -> u32 {
        self.ordered - self.cancelled
    }

    /// What the first units of the line cost, in minor units. Units are shipped and returned from the first on, and cancelled from the
    /// last on. So what is captured, refunded and billed for units does not depend on what happened before, and no refund exceeds
    /// what was captured for its units.
    fn cost(&self, units: u32) -> i64 {
        share(self.gross, units, self.ordered)
    }

    /// What the shipped units cost, in minor units. Once everything that was not cancelled is shipped, it is all that was not
    /// cancelled.
    pub fn earned(&self) -> i64 {
        self.cost(self.shipped())
    }

    /// What the units cost that are cancelled next, in minor units. All cancellations and returns of a line sum to what it cost.
    pub fn refund_of_cancelled(&self, units: u32) -> i64 {
        self.cost(self.kept()) - self.cost(self.kept().saturating_sub(units))
    }

    /// What is paid back for the units that are returned next, in minor units.
    pub fn refund_of_returned(&self, units: u32) -> i64 {
        self.cost(self.returned.saturating_add(units)) - self.cost(self.returned)
    }

    /// Whether the buyer keeps nothing of it.
    fn is_gone(&self) -> bool {
        self.cancelled + self.returned == self.ordered
    }

    /// Frees the units that are held and not needed any more for those that were not cancelled. Returns them.
    fn free_surplus(&mut self) -> Vec<Taken> {
        let kept = self.kept();
        let surplus = |item: &mut Item| item.keep((kept * item.component.quantity).saturating_sub(item.shipped));
        self.items.iter_mut().flat_map(surplus).collect()
    }
}

/// An order as far as its units and states are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfilment {
    /// The state.
    #[serde(flatten)]
    pub state: State,
    /// The lines.
    pub lines: Vec<Line>,
    /// Shipping costs that were not paid back, in minor units. They are paid back if everything is cancelled or returned.
    pub shipping_gross: i64,
}

/// Units of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineUnits {
    /// Index of the line.
    pub line: usize,
    /// Number of units.
    pub quantity: u32,
}

/// Units of a variant within a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemUnits {
    /// Index of the line.
    pub line: usize,
    /// The variant.
    pub variant_id: VariantId,
    /// Number of units.
    pub quantity: u32,
}

/// What a payment means for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The order is confirmed by it.
    Confirmed,
    /// It was confirmed before, or is closed.
    AlreadyConfirmed,
    /// The order cannot be fulfilled any more: the money goes back.
    Unwanted,
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// The order is in a state in which this cannot be done.
    #[error("not possible in this state")]
    State(State),
    /// The hold has ended.
    #[error("the reservation has ended")]
    HoldEnded,
    /// There is no such line, or it does not contain the variant.
    #[error("no such line")]
    NoSuchLine,
    /// Fewer units are there.
    #[error("only {available} units")]
    Units {
        /// Units that are there.
        available: u32,
    },
}

/// Units that go back to stock, and money that goes back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Released {
    /// Units that are free again where they were held.
    pub units: Vec<Taken>,
    /// Money in minor units. It is owed only if something was paid.
    pub refund: i64,
}

impl Fulfilment {
    /// An order that was just placed: its units are held for some time, unless there is nothing to pay.
    pub fn new(lines: Vec<Line>, shipping_gross: i64, total: i64, now: Timestamp) -> Self {
        let state = if total == 0 { State::Confirmed } else { State::Held { until: now + HOLD } };
        Self { state, lines, shipping_gross }
    }

    /// Starts the payment. Repeating it changes nothing.
    pub fn start_payment(&mut self, now: Timestamp) -> Result<(), NotPossible> {
        match self.state {
            State::Held { until } if now < until + CLOCK_TOLERANCE => {
                self.state = State::Paying { since: now };
                Ok(())
            }
            State::Held { .. } => Err(NotPossible::HoldEnded),
            State::Paying { .. } => Ok(()),
            state => Err(NotPossible::State(state)),
        }
    }

    /// Takes note of the whole amount, authorized or captured at a time. A hold that had lapsed by then is ended: its buyer
    /// was told so, and others may count on its units. Returns the units that are free again by that.
    pub fn pay(&mut self, at: Timestamp) -> (PaymentOutcome, Vec<Taken>) {
        match self.state {
            State::Held { .. } if self.has_lapsed(at) => (PaymentOutcome::Unwanted, self.end(State::Lapsed)),
            State::Held { .. } | State::Paying { .. } => {
                self.state = State::Confirmed;
                (PaymentOutcome::Confirmed, Vec::new())
            }
            State::Confirmed | State::Closed => (PaymentOutcome::AlreadyConfirmed, Vec::new()),
            State::Cancelling | State::Cancelled | State::Lapsed => (PaymentOutcome::Unwanted, Vec::new()),
        }
    }

    /// Takes note that the provider ended the payment without money. A confirmed order of which nothing was shipped was
    /// authorized only, and will not be paid: it is cancelled. Returns the units that are free again.
    pub fn close_payment(&mut self) -> Vec<Taken> {
        match self.state {
            State::Held { .. } | State::Paying { .. } => self.end(State::Lapsed),
            State::Cancelling => self.end(State::Cancelled),
            State::Confirmed if self.nothing_shipped() => self.end(State::Cancelled),
            State::Confirmed | State::Cancelled | State::Lapsed | State::Closed => Vec::new(),
        }
    }

    /// Takes note that unwanted money went back in full. Returns the units that are free again.
    pub fn settle_cancellation(&mut self) -> Vec<Taken> {
        if self.state == State::Cancelling { self.end(State::Cancelled) } else { Vec::new() }
    }

    /// Whether others may take over its units.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Held { until } if until + CLOCK_TOLERANCE <= now)
    }

    /// Ends a hold whose time is over. Returns the units that are free again.
    pub fn lapse(&mut self, now: Timestamp) -> Result<Vec<Taken>, NotPossible> {
        if self.has_lapsed(now) { Ok(self.end(State::Lapsed)) } else { Err(NotPossible::State(self.state)) }
    }

    /// Cancels the whole order, while nothing was shipped. While a payment is in progress, the units stay held until the
    /// provider has closed it ([`Self::close_payment`]), or its money went back ([`Self::settle_cancellation`]).
    pub fn cancel(&mut self) -> Result<Released, NotPossible> {
        match self.state {
            State::Held { .. } => Ok(Released { units: self.end(State::Cancelled), refund: 0 }),
            State::Paying { .. } => {
                self.state = State::Cancelling;
                Ok(Released::default())
            }
            State::Confirmed if self.nothing_shipped() => {
                let units = self.lines.iter().enumerate();
                let all: Vec<_> =
                    units.map(|(line, units)| LineUnits { line, quantity: units.cancellable() }).collect();
                self.cancel_units(&all)
            }
            state => Err(NotPossible::State(state)),
        }
    }

    /// Cancels units that were not shipped completely. Components of a bundle that were shipped are given up: what is still held
    /// for it is free again. If the buyer keeps nothing, the shipping costs are paid back too.
    pub fn cancel_units(&mut self, units: &[LineUnits]) -> Result<Released, NotPossible> {
        self.check(State::Confirmed)?;
        let mut next = self.clone();
        let mut released = Released::default();
        for LineUnits { line, quantity } in units.iter().copied() {
            let line = next.lines.get_mut(line).ok_or(NotPossible::NoSuchLine)?;
            let available = line.cancellable();
            if quantity > available {
                return Err(NotPossible::Units { available });
            }
            let refund = line.refund_of_cancelled(quantity);
            released.refund += refund;
            line.cancelled_gross += refund;
            line.cancelled += quantity;
            released.units.extend(line.free_surplus());
        }
        // Also if other units were returned before (Directive 2011/83/EU, article 13).
        if next.lines.iter().all(Line::is_gone) {
            released.refund += std::mem::take(&mut next.shipping_gross);
        }
        if next.lines.iter().all(|line| line.cancelled == line.ordered) {
            next.state = State::Cancelled;
        }
        next.close_if_done();
        *self = next;
        Ok(released)
    }

    /// Ships units from a location. Returns the units that leave stock.
    pub fn ship(&mut self, location: LocationId, units: &[ItemUnits]) -> Result<Vec<Taken>, NotPossible> {
        self.check(State::Confirmed)?;
        let mut next = self.clone();
        let mut shipped = Vec::new();
        for ItemUnits { line, variant_id, quantity } in units.iter().copied() {
            let item = next.item(line, variant_id)?;
            let available =
                item.held.iter().filter(|taken| taken.location_id == location).map(|taken| taken.quantity).sum();
            shipped.extend(item.take(quantity, Some(location)).ok_or(NotPossible::Units { available })?);
            item.shipped += quantity;
        }
        next.close_if_done();
        *self = next;
        Ok(shipped)
    }

    /// Takes back a shipment that has not left: its units are held again where they were. Those that were given up when their
    /// bundle was cancelled are free again; they are returned.
    pub fn unship(&mut self, shipped: &[(usize, Taken)]) -> Result<Vec<Taken>, NotPossible> {
        if !matches!(self.state, State::Confirmed | State::Closed) {
            return Err(NotPossible::State(self.state));
        }
        let mut next = self.clone();
        for (index, taken) in shipped {
            let returning = next.lines.get(*index).ok_or(NotPossible::NoSuchLine)?.returning;
            let item = next.item(*index, taken.variant_id)?;
            let returnable = item.shipped.saturating_sub(returning * item.component.quantity);
            item.shipped = item
                .shipped
                .checked_sub(taken.quantity)
                .filter(|_| taken.quantity <= returnable)
                .ok_or(NotPossible::Units { available: returnable })?;
            item.held.push(*taken);
        }
        let freed = next.lines.iter_mut().flat_map(Line::free_surplus).collect();
        next.state = State::Confirmed;
        next.close_if_done();
        *self = next;
        Ok(freed)
    }

    /// Requests the return of shipped units.
    pub fn request_return(&mut self, units: &[LineUnits]) -> Result<(), NotPossible> {
        if !matches!(self.state, State::Confirmed | State::Closed) {
            return Err(NotPossible::State(self.state));
        }
        let mut next = self.clone();
        for LineUnits { line, quantity } in units.iter().copied() {
            let line = next.lines.get_mut(line).ok_or(NotPossible::NoSuchLine)?;
            let available = line.shipped() - line.returning;
            if quantity > available {
                return Err(NotPossible::Units { available });
            }
            line.returning += quantity;
        }
        *self = next;
        Ok(())
    }

    /// Ends a requested return without its units: they may be returned later.
    pub fn withdraw_return(&mut self, units: &[LineUnits]) -> Result<(), NotPossible> {
        let mut next = self.clone();
        for LineUnits { line, quantity } in units.iter().copied() {
            let line = next.lines.get_mut(line).ok_or(NotPossible::NoSuchLine)?;
            let available = line.returning - line.returned;
            if quantity > available {
                return Err(NotPossible::Units { available });
            }
            line.returning -= quantity;
        }
        *self = next;
        Ok(())
    }

    /// What everything that was not cancelled costs, in minor units: the most that shipments may capture.
    pub fn billable(&self) -> i64 {
        self.shipping_gross + self.lines.iter().map(|line| line.gross - line.cancelled_gross).sum::<i64>()
    }

    /// What the units shipped so far and the shipping cost, in minor units: what may have been captured for shipments.
    pub fn earned(&self) -> i64 {
        let has_shipped = self.lines.iter().flat_map(|line| &line.items).any(|item| item.shipped > 0);
        let shipping = if has_shipped { self.shipping_gross } else { 0 };
        shipping + self.lines.iter().map(Line::earned).sum::<i64>()
    }

    /// Receives units whose return was requested. Returns the money to pay back, in minor units. If the buyer keeps nothing, the
    /// shipping costs are paid back too (Directive 2011/83/EU, article 13).
    pub fn receive_return(&mut self, units: &[LineUnits]) -> Result<i64, NotPossible> {
        let mut next = self.clone();
        let mut refund = 0;
        for LineUnits { line, quantity } in units.iter().copied() {
            let line = next.lines.get_mut(line).ok_or(NotPossible::NoSuchLine)?;
            let available = line.returning - line.returned;
            if quantity > available {
                return Err(NotPossible::Units { available });
            }
            refund += line.refund_of_returned(quantity);
            line.returned += quantity;
        }
        if units.iter().any(|units| units.quantity > 0) && next.lines.iter().all(Line::is_gone) {
            refund += std::mem::take(&mut next.shipping_gross);
        }
        *self = next;
        Ok(refund)
    }

    fn check(&self, state: State) -> Result<(), NotPossible> {
        if self.state == state { Ok(()) } else { Err(NotPossible::State(self.state)) }
    }

    fn item(&mut self, line: usize, variant_id: VariantId) -> Result<&mut Item, NotPossible> {
        let line = self.lines.get_mut(line).ok_or(NotPossible::NoSuchLine)?;
        line.items.iter_mut().find(|item| item.component.variant_id == variant_id).ok_or(NotPossible::NoSuchLine)
    }

    /// True if no unit has left, those of shipments that were taken back excepted.
    pub fn nothing_shipped(&self) -> bool {
        self.lines.iter().flat_map(|line| &line.items).all(|item| item.shipped == 0)
    }

    fn close_if_done(&mut self) {
        let mut items = self.lines.iter().flat_map(|line| &line.items);
        if self.state == State::Confirmed && items.all(|item| item.open() == 0) {
            self.state = State::Closed;
        }
    }

    /// Ends the order: all held units are free again.
    fn end(&mut self, state: State) -> Vec<Taken> {
        self.state = state;
        let items = self.lines.iter_mut().flat_map(|line| &mut line.items);
        items.flat_map(|item| std::mem::take(&mut item.held)).collect()
    }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "order_case_tests.rs"]
mod case_tests;
