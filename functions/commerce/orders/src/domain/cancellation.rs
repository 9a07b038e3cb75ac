//! Cancellations of orders and of units that were not shipped.

use contracts::orders::{OrderCancelled, RefundReason, SoldUnits};
use contracts::payments::CaptureMode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{RefundId, Uuid, derive_id};

use super::order::{LineUnits, NotPossible, Released, State};
use super::placed::{Happened, Order, RefundState};
use super::settlement::{OrderFact, Step};

/// Most cancellations of an order.
pub const MAX_CANCELLATIONS: usize = 50;

/// A cancellation that was accepted, so that a repeated request has no further effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Derived from the request.
    pub id: Uuid,
    /// What was requested: line and units. Empty for the whole order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<(u32, u32)>,
}

/// Why a cancellation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancellationError {
    /// The order does not allow it.
    NotPossible(NotPossible),
    /// The request was made before with other units.
    Differs,
    /// There are [`MAX_CANCELLATIONS`].
    TooMany,
}

impl From<NotPossible> for CancellationError {
    fn from(error: NotPossible) -> Self {
        Self::NotPossible(error)
    }
}

impl Order {
    /// The order after a cancellation: of the whole order without units. `None` if it was made before.
    pub fn after_cancellation(
        &self,
        id: Uuid,
        units: &[LineUnits],
        now: Timestamp,
    ) -> Result<Option<Step>, CancellationError> {
        let index = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        let units_of_request = units.iter().map(|units| (index(units.line), units.quantity)).collect();
        let cancellation = Cancellation { id, units: units_of_request };
        if let Some(before) = self.cancellations.iter().find(|before| before.id == id) {
            return if *before == cancellation { Ok(None) } else { Err(CancellationError::Differs) };
        }
        if self.cancellations.len() >= MAX_CANCELLATIONS {
            return Err(CancellationError::TooMany);
        }
        // A hold that is over lapses; there is nothing to cancel.
        if self.fulfilment.has_lapsed(now) {
            return Err(NotPossible::HoldEnded.into());
        }
        let mut step = Step::of(self);
        let (before, open) = (self.fulfilment.state, self.open_units());
        let fulfilment = &mut step.order.fulfilment;
        let released = if units.is_empty() { fulfilment.cancel()? } else { fulfilment.cancel_units(units)? };
        step.order.cancellations.push(cancellation);
        if step.order.fulfilment.state == State::Cancelling {
            step.order.note(now, Happened::CancellationStarted);
            step.unwanted(now);
            // What there was may have gone back before: by hand, or by a dispute.
            step.settle(now);
            return Ok(Some(step));
        }
        let cancelled = if units.is_empty() { open } else { units.to_vec() };
        step.cancel(before, &cancelled, &released, self, now);
        Ok(Some(step))
    }

    /// The order after a manager ended its cancellation without waiting for the provider. Money that arrives later is not wanted,
    /// and goes back. `None` if the request was made before, or nothing waits.
    pub fn after_end(&self, id: Uuid, now: Timestamp) -> Result<Option<Step>, CancellationError> {
        if self.fulfilment.state != State::Cancelling || self.cancellations.iter().any(|before| before.id == id) {
            return Ok(None);
        }
        if self.cancellations.len() >= MAX_CANCELLATIONS {
            return Err(CancellationError::TooMany);
        }
        let mut step = Step::of(self);
        step.order.cancellations.push(Cancellation { id, units: Vec::new() });
        step.end_cancellation(now);
        Ok(Some(step))
    }

    /// The units of each line that can be cancelled.
    fn open_units(&self) -> Vec<LineUnits> {
        let lines = self.fulfilment.lines.iter().enumerate();
        lines.map(|(line, units)| LineUnits { line, quantity: units.cancellable() }).collect()
    }

    /// Units with what the buyer pays for them, as they are cancelled next.
    fn priced(&self, units: &[LineUnits]) -> Vec<SoldUnits> {
        let gross = |units: &LineUnits| {
            self.fulfilment.lines.get(units.line).map_or(0, |line| line.refund_of_cancelled(units.quantity))
        };
        self.sold_units(units.iter().map(|units| (*units, gross(units))))
    }

    /// What had not been cancelled when the order ended: it is cancelled by that.
    pub(super) fn open_when_ended(&self) -> Vec<SoldUnits> {
        let lines = self.fulfilment.lines.iter().enumerate();
        let rest: Vec<_> = lines.map(|(line, units)| LineUnits { line, quantity: units.kept() }).collect();
        self.priced(&rest)
    }
}

impl Step {
    fn cancel(&mut self, state: State, units: &[LineUnits], released: &Released, before: &Order, now: Timestamp) {
        self.release(&released.units);
        self.order.counters.cancellations += 1;
        let (number, is_complete) =
            (self.order.counters.cancellations, self.order.fulfilment.state == State::Cancelled);
        self.order.note(now, Happened::Cancelled { number, is_complete });
        let (order, lines) = (self.order.facts(), before.priced(units));
        // Of a closed order nothing is shipped any more, so its captures are complete.
        let capture_total_minor = self.order.capture_total().filter(|_| self.order.fulfilment.state == State::Closed);
        self.facts.push(OrderFact::Cancelled(OrderCancelled { order, lines, is_complete, capture_total_minor }));
        if matches!(state, State::Held { .. }) || self.order.totals.total == 0 {
            return;
        }
        let is_captured = self.order.payment.captured > 0;
        match self.order.terms.capture {
            // Nothing was shipped: what was authorized is void, and what was captured by hand goes back.
            CaptureMode::OnShipment if is_complete => self.unwanted(now),
            // Later shipments capture less. What was captured for a shipment that never left goes back.
            CaptureMode::OnShipment => {
                let excess = self.order.payment.capture_requested - self.order.fulfilment.billable();
                if excess > 0 {
                    self.order.payment.capture_requested -= excess;
                    let due = self.order.owe(refund_id(&self.order, number), excess, RefundReason::Cancelled, now);
                    self.facts.extend(due.map(OrderFact::RefundDue));
                }
            }
            CaptureMode::Immediate if is_complete && !is_captured => {
                // All of the money goes back as unwanted, and with it what earlier cancellations wait for.
                self.order.payment.refunds.retain(|_, refund| refund.state != RefundState::Waiting);
                self.unwanted(now);
            }
            CaptureMode::Immediate => {
                let refund = refund_id(&self.order, number);
                let due = self.order.owe(refund, released.refund, RefundReason::Cancelled, now);
                self.facts.extend(due.map(OrderFact::RefundDue));
            }
        }
    }
}

/// The ID of the refund of a cancellation.
fn refund_id(order: &Order, number: u32) -> RefundId {
    RefundId::new(derive_id(&["refund", &order.id.to_string(), "cancellation", &number.to_string()]))
}
