//! Which idempotency key a repeated call carries.
//!
//! A provider stores the first answer of a key, failures of its own included, and forgets keys after a time: Stripe may
//! after 24 hours, and PayPal keeps those of orders for 6. Beyond that, a repetition would be done twice. So a key is
//! repeated only while it is surely known; later, or after a stored failure, look first
//! ([`OrderPayments::find`](crate::OrderPayments::find), [`find_by_reference`](crate::OrderPayments::find_by_reference)) and
//! call with the next attempt only if it was not done.

use jiff::{SignedDuration, Timestamp};
use kit::outbound::OutboundError;
use serde::{Deserialize, Serialize};

use crate::PaymentError;
use crate::order_payments::Attempt;

/// How long a key is repeated. Stripe may forget it after 24 hours.
pub const STRIPE_KEY_AGE: SignedDuration = SignedDuration::from_hours(20);
/// PayPal keeps the keys of orders for 6 hours, and those of captures and refunds for 45 days.
pub const PAYPAL_KEY_AGE: SignedDuration = SignedDuration::from_hours(5);
/// How far Stripe's search may lag behind. A look-up by search proves nothing before that.
pub const SEARCH_LAG: SignedDuration = SignedDuration::from_mins(2);

/// The latest key of a call, to be stored with what is to be done, before it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Number of the key.
    pub attempt: Attempt,
    /// First call with this key.
    pub since: Timestamp,
    /// The provider answered with a failure of its own, which it may have stored under the key.
    #[serde(default)]
    pub is_spoilt: bool,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Call with this attempt.
    Call(Attempt),
    /// Look whether it was done; call with this attempt if not.
    LookFirst(Attempt),
}

impl Key {
    /// The key of a first call.
    pub const fn first(now: Timestamp) -> Self {
        Self { attempt: 0, since: now, is_spoilt: false }
    }

    /// Notes the error of a call.
    pub fn note(&mut self, error: &PaymentError) {
        self.is_spoilt |= matches!(error, PaymentError::Unknown(OutboundError::Status { status: 500.. }));
    }

    /// What to do at `now`, with keys that are repeated up to `age`.
    pub fn next(&self, now: Timestamp, age: SignedDuration) -> Next {
        if self.is_spoilt || now.duration_since(self.since) > age {
            Next::LookFirst(self.attempt.saturating_add(1))
        } else {
            Next::Call(self.attempt)
        }
    }

    /// The key after a look that found nothing.
    #[must_use]
    pub const fn renewed(&self, now: Timestamp) -> Self {
        Self { attempt: self.attempt.saturating_add(1), since: now, is_spoilt: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_repeated_until_it_is_old_or_spoilt() {
        let start = Timestamp::from_second(1_700_000_000).unwrap();
        let key = Key::first(start);
        assert_eq!(key.next(start + STRIPE_KEY_AGE, STRIPE_KEY_AGE), Next::Call(0));
        let late = start + STRIPE_KEY_AGE + SignedDuration::from_secs(1);
        assert_eq!(key.next(late, STRIPE_KEY_AGE), Next::LookFirst(1));
        assert_eq!(key.renewed(late).next(late, STRIPE_KEY_AGE), Next::Call(1));
        let mut lost = key;
        lost.note(&OutboundError::TimedOut.into());
        lost.note(&PaymentError::State { code: "x".into() });
        assert_eq!(lost.next(start, STRIPE_KEY_AGE), Next::Call(0));
        lost.note(&OutboundError::Status { status: 500 }.into());
        assert_eq!(lost.next(start, STRIPE_KEY_AGE), Next::LookFirst(1));
    }
}
