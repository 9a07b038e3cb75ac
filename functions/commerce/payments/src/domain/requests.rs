//! What this context wants from the provider. Requests are stored before the provider is called, so that their amounts are
//! reserved and a killed function's work is continued.

use jiff::Timestamp;
use payment_providers::retry::Key;
use serde::{Deserialize, Serialize};
use types::RefundId;

use super::payment::Payment;

/// The most captures of a payment: one per shipment, and some by managers.
pub const MAX_CAPTURES: usize = 100;
/// The most refunds of a payment.
pub const MAX_REFUNDS: usize = 100;

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
}

impl RequestedRefund {
    /// A new request.
    pub const fn new(id: RefundId, amount_minor: i64, now: Timestamp) -> Self {
        Self { id, amount_minor, at: now, key: Key::first(now), is_refused: false }
    }
}

/// Reason why a capture or a refund is not requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRequested {
    /// Zero or negative.
    #[error("must be at least 1 minor unit")]
    NotPositive,
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
        let key = Key::first(now);
        let requested = RequestedCapture { id: id.to_owned(), amount_minor, is_final, at: now, key, is_refused: false };
        let mut next = Self { retry: None, ..self.clone() };
        next.captures.push(requested);
        Ok(Some(next.settled(now)))
    }

    /// Records a capture that cannot be done, so that a manager sees it. `None` if it is recorded.
    pub fn refuse_capture(&self, id: &str, amount_minor: i64, now: Timestamp) -> Option<Self> {
        if self.captures.len() >= MAX_CAPTURES || self.captures.iter().any(|capture| capture.id == id) {
            return None;
        }
        let mut next = self.clone();
        let (id, key) = (id.to_owned(), Key::first(now));
        next.captures.push(RequestedCapture { id, amount_minor, is_final: false, at: now, key, is_refused: true });
        Some(next.settled(now))
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
        let remaining_minor = self.refundable_minor();
        if amount_minor > remaining_minor {
            return Err(NotRequested::TooMuch { remaining_minor });
        }
        if self.refunds.len() >= MAX_REFUNDS {
            return Err(NotRequested::TooMany);
        }
        let mut next = Self { retry: None, ..self.clone() };
        next.refunds.push(RequestedRefund::new(id, amount_minor, now));
        Ok(Some(next.settled(now)))
    }

    /// Records a refund that cannot be done, so that a manager sees it. `None` if it is recorded.
    pub fn refuse_refund(&self, id: RefundId, amount_minor: i64, now: Timestamp) -> Option<Self> {
        if self.refunds.len() >= MAX_REFUNDS || self.refunds.iter().any(|refund| refund.id == id) {
            return None;
        }
        let mut next = self.clone();
        next.refunds.push(RequestedRefund { is_refused: true, ..RequestedRefund::new(id, amount_minor, now) });
        Some(next.settled(now))
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
