//! What this context wants from the provider. Requests are stored before the provider is called, so that their amounts are
//! reserved and a killed function's work is continued.

use jiff::Timestamp;
use payment_providers::retry::Key;
use serde::{Deserialize, Serialize};
use types::RefundId;

use super::payment::Payment;

/// Captures of a payment from which on managers get no further ones.
pub const MAX_CAPTURES: usize = 100;
/// Refunds of a payment from which on managers get no further ones.
pub const MAX_REFUNDS: usize = 100;
/// The most captures, and the most refunds, of a payment with those of its order. An order has at most 100 shipments, 50
/// cancellations and 100 returns, so there is room for all of them beside those of managers.
pub const MAX_OF_ORDER: usize = 350;

/// A capture that was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedCapture {
    /// ID.
    pub id: String,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Whether what is left of the authorization is released.
    pub is_final: bool,
    /// Time of the request.
    pub at: Timestamp,
    /// Idempotency key.
    pub key: Key,
    /// The provider does not do it.
    #[serde(default)]
    pub is_refused: bool,
    /// What shipments capture up to and with this request, in minor units. None for captures by managers.
    #[serde(default)]
    pub total_minor: Option<i64>,
}

/// What shipments of an order capture, as one event says it. Events come in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedCaptures<'a> {
    /// ID of the request.
    pub id: &'a str,
    /// Amount of the shipment itself, in minor units.
    pub amount_minor: i64,
    /// What shipments capture up to and with it, in minor units. None if the event does not say it.
    pub total_minor: Option<i64>,
    /// Whether no shipment follows.
    pub is_last: bool,
}

/// A refund that was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedRefund {
    /// ID.
    pub id: RefundId,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Time of the request.
    pub at: Timestamp,
    /// Idempotency key.
    pub key: Key,
    /// The provider does not do it.
    #[serde(default)]
    pub is_refused: bool,
    /// It is more than what was captured, so the provider was not called.
    #[serde(default)]
    pub exceeds_payment: bool,
}

impl RequestedRefund {
    /// A new request.
    pub const fn new(id: RefundId, amount_minor: i64, now: Timestamp) -> Self {
        Self { id, amount_minor, at: now, key: Key::first(now), is_refused: false, exceeds_payment: false }
    }
}

/// Reason why a capture or a refund is not requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRequested {
    /// Zero or negative.
    #[error("must be at least 1 minor unit")]
    NotPositive,
    /// The provider takes whole multiples only.
    #[error("must be a multiple of {0} minor units in this currency")]
    Step(i64),
    /// More than what remains.
    #[error("at most {remaining_minor} minor units remain")]
    TooMuch {
        /// What remains, in minor units.
        remaining_minor: i64,
    },
    /// The ID was used for another amount.
    #[error("was requested with another amount")]
    Other,
    /// The payment has the maximum number of requests.
    #[error("has the maximum number of requests")]
    TooMany,
    /// A void was requested, or the money is unwanted.
    #[error("the authorization is being released")]
    Ending,
    /// Money was taken.
    #[error("money was taken")]
    Captured,
    /// Nothing is reserved.
    #[error("nothing is authorized")]
    NothingAuthorized,
}

impl Payment {
    /// Requests a capture. `None` if it was requested before.
    pub fn request_capture(
        &self,
        id: &str,
        amount_minor: i64,
        is_final: bool,
        now: Timestamp,
    ) -> Result<Option<Self>, NotRequested> {
        if let Some(before) = self.captures.iter().find(|capture| capture.id == id) {
            let is_same = before.amount_minor == amount_minor && before.is_final == is_final;
            return if is_same { Ok(None) } else { Err(NotRequested::Other) };
        }
        if amount_minor <= 0 {
            return Err(NotRequested::NotPositive);
        }
        self.check_step(amount_minor)?;
        if self.is_ending() {
            return Err(NotRequested::Ending);
        }
        let remaining_minor = self.capturable_minor();
        if amount_minor > remaining_minor {
            return Err(NotRequested::TooMuch { remaining_minor });
        }
        if self.captures.len() >= MAX_CAPTURES {
            return Err(NotRequested::TooMany);
        }
        let (id, key) = (id.to_owned(), Key::first(now));
        let requested =
            RequestedCapture { id, amount_minor, is_final, at: now, key, is_refused: false, total_minor: None };
        let mut next = Self { retry: None, ..self.clone() };
        next.captures.push(requested);
        Ok(Some(next.settled(now)))
    }

    /// Requests what is missing of what shipments capture together. An earlier event that arrives later finds itself covered.
    /// `None` if there is nothing to request.
    pub fn request_shipped(&self, shipped: ShippedCaptures<'_>, now: Timestamp) -> Result<Option<Self>, NotRequested> {
        let mut next = self.clone();
        if shipped.is_last {
            next.captures_end = self.captures_end.or(Some(now));
        }
        if let Some(missing) = self.missing_of(shipped, now) {
            if self.is_ending() {
                return Err(NotRequested::Ending);
            }
            let remaining_minor = self.capturable_minor();
            if missing.amount_minor > remaining_minor {
                return Err(NotRequested::TooMuch { remaining_minor });
            }
            next = next.with_capture(missing)?;
        }
        Ok(Some(next.settled(now)).filter(|next| next != self))
    }

    /// Records captures of shipments that cannot be done, so that a manager sees them. `None` if they are recorded.
    pub fn refuse_shipped(&self, shipped: ShippedCaptures<'_>, now: Timestamp) -> Result<Option<Self>, NotRequested> {
        let Some(missing) = self.missing_of(shipped, now) else { return Ok(None) };
        let mut next = self.with_capture(RequestedCapture { is_refused: true, ..missing })?;
        if shipped.is_last {
            next.captures_end = self.captures_end.or(Some(now));
        }
        Ok(Some(next.settled(now)))
    }

    /// What is missing of the captures of shipments. None if it was requested before.
    fn missing_of(&self, shipped: ShippedCaptures<'_>, now: Timestamp) -> Option<RequestedCapture> {
        let ShippedCaptures { id, amount_minor, total_minor, is_last } = shipped;
        let before = self.shipped_minor();
        let total_minor = total_minor.unwrap_or_else(|| before.saturating_add(amount_minor));
        // Rounded down to what the provider can express. The sum of all shipments is the order's amount, which it can.
        let total_minor = total_minor - total_minor % self.step_minor();
        let is_known = self.captures.iter().any(|capture| capture.id == id);
        let missing = RequestedCapture {
            id: id.to_owned(),
            amount_minor: total_minor.saturating_sub(before),
            is_final: is_last,
            at: now,
            key: Key::first(now),
            is_refused: false,
            total_minor: Some(total_minor),
        };
        Some(missing).filter(|missing| missing.amount_minor > 0 && !is_known)
    }

    fn with_capture(&self, capture: RequestedCapture) -> Result<Self, NotRequested> {
        if self.captures.len() >= MAX_OF_ORDER {
            return Err(NotRequested::TooMany);
        }
        let mut next = Self { retry: None, ..self.clone() };
        next.captures.push(capture);
        Ok(next)
    }

    /// Requests a refund, and reserves its amount. `None` if it was requested before.
    pub fn request_refund(
        &self,
        id: RefundId,
        amount_minor: i64,
        now: Timestamp,
    ) -> Result<Option<Self>, NotRequested> {
        if let Some(before) = self.refunds.iter().find(|refund| refund.id == id) {
            return if before.amount_minor == amount_minor { Ok(None) } else { Err(NotRequested::Other) };
        }
        if amount_minor <= 0 {
            return Err(NotRequested::NotPositive);
        }
        self.check_step(amount_minor)?;
        let remaining_minor = self.refundable_minor();
        if amount_minor > remaining_minor {
            return Err(NotRequested::TooMuch { remaining_minor });
        }
        if self.refunds.len() >= MAX_REFUNDS {
            return Err(NotRequested::TooMany);
        }
        let refund = RequestedRefund::new(id, amount_minor, now);
        Ok(Some(self.with_refund(refund)?.settled(now)))
    }

    /// Requests a refund that the order owes. Unlike one of a manager it may be about money that is still to be captured: then
    /// it waits for the capture. `None` if it was requested before, or everything goes back anyway.
    pub fn request_due_refund(
        &self,
        id: RefundId,
        amount_minor: i64,
        now: Timestamp,
    ) -> Result<Option<Self>, NotRequested> {
        if self.refunds.iter().any(|refund| refund.id == id) {
            return Ok(None);
        }
        if amount_minor <= 0 {
            return Err(NotRequested::NotPositive);
        }
        let remaining_minor = self.owable_minor();
        // What earlier refunds returned too much counts.
        let amount_minor = amount_minor.saturating_sub(self.refund_ahead_minor);
        if amount_minor <= 0 {
            return Ok(None);
        }
        if amount_minor > remaining_minor {
            // Nobody wants the payment, so all of it is refunded, whatever else is due.
            let goes_back = self.unwanted_since.is_some() && self.refundable_minor() == 0;
            return if goes_back { Ok(None) } else { Err(NotRequested::TooMuch { remaining_minor }) };
        }
        // Rounded up to what the provider can express: the buyer gets no less than what is due.
        let step = self.step_minor();
        let stepped = amount_minor.saturating_add((step - amount_minor % step) % step).min(remaining_minor);
        let mut next = self.with_refund(RequestedRefund::new(id, stepped, now))?;
        next.refund_ahead_minor = stepped - amount_minor;
        Ok(Some(next.settled(now)))
    }

    fn check_step(&self, amount_minor: i64) -> Result<(), NotRequested> {
        let step = self.step_minor();
        if amount_minor % step == 0 { Ok(()) } else { Err(NotRequested::Step(step)) }
    }

    /// Records a refund that cannot be done, so that a manager sees it. `None` if it is recorded.
    pub fn refuse_refund(&self, id: RefundId, amount_minor: i64, now: Timestamp) -> Result<Option<Self>, NotRequested> {
        if self.refunds.iter().any(|refund| refund.id == id) {
            return Ok(None);
        }
        let refund =
            RequestedRefund { is_refused: true, exceeds_payment: true, ..RequestedRefund::new(id, amount_minor, now) };
        Ok(Some(self.with_refund(refund)?.settled(now)))
    }

    fn with_refund(&self, refund: RequestedRefund) -> Result<Self, NotRequested> {
        if self.refunds.len() >= MAX_OF_ORDER {
            return Err(NotRequested::TooMany);
        }
        let mut next = Self { retry: None, ..self.clone() };
        next.refunds.push(refund);
        Ok(next)
    }

    /// Requests that the authorization is released. `None` if it was requested before.
    pub fn request_void(&self, now: Timestamp) -> Result<Option<Self>, NotRequested> {
        if self.facts.captured_minor() > 0 {
            return Err(NotRequested::Captured);
        }
        if self.void_since.is_some() {
            return Ok(None);
        }
        if self.facts.closed || self.facts.authorized_minor == 0 {
            return Err(NotRequested::NothingAuthorized);
        }
        if self.pending_captures().next().is_some() {
            return Err(NotRequested::Ending);
        }
        Ok(Some(Self { void_since: Some(now), retry: None, ..self.clone() }.settled(now)))
    }
}
