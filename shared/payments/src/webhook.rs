//! Webhook events of the payment provider, and the verification of their signatures.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::ProviderPaymentId;

/// How old a signature may be, or how far in the future. Limits replay of intercepted events.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// More signatures than a header has while a secret is replaced.
const MAX_SIGNATURES: usize = 5;

/// The provider's id of a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisputeId(String);

impl DisputeId {
    /// An id that the provider gave.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for DisputeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentChange {
    /// The money has arrived.
    Succeeded {
        /// The provider's id of the payment.
        payment: ProviderPaymentId,
        /// The amount that arrived.
        money: types::Money,
    },
    /// A card was refused; another one may be tried.
    Declined {
        /// The provider's id of the payment.
        payment: ProviderPaymentId,
        /// The provider's reason code.
        code: String,
    },
    /// The payment was canceled, and nothing was charged.
    Canceled {
        /// The provider's id of the payment.
        payment: ProviderPaymentId,
    },
    /// Money was refunded.
    Refunded {
        /// The provider's id of the payment.
        payment: ProviderPaymentId,
        /// The total that was refunded so far.
        total: types::Money,
    },
    /// The cardholder disputes a payment. Such events carry no reference.
    DisputeOpened {
        /// The provider's id of the dispute.
        dispute: DisputeId,
        /// The provider's id of the payment.
        payment: ProviderPaymentId,
        /// The disputed amount.
        money: types::Money,
    },
    /// A dispute is over.
    DisputeClosed {
        /// The provider's id of the dispute.
        dispute: DisputeId,
        /// The provider's id of the payment.
        payment: ProviderPaymentId,
        /// The disputed amount.
        money: types::Money,
        /// True if the cardholder got the money back.
        lost: bool,
    },
    /// An event of another kind.
    Other,
}

/// One event of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The reference that the payment was created with; none if it is not a payment of this deployment, and in events of
    /// disputes.
    pub reference: Option<String>,
    /// What happened.
    pub change: PaymentChange,
}

/// Why a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header cannot be read.
    #[error("the signature cannot be read")]
    Malformed,
    /// The time of the signature is outside of the tolerance.
    #[error("the signature is too old, or of the future")]
    Stale,
    /// The secret differs, or the body was changed.
    #[error("the signature is wrong")]
    Wrong,
}

/// Checks `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=…]`: an HMAC-SHA256 over `<t>.<body>`. Compared in constant time.
pub fn verify(secret: &[u8], header: &str, body: &[u8], now: Timestamp) -> Result<(), SignatureError> {
    let mut at = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", seconds)) => at = seconds.parse::<i64>().ok(),
            Some(("v1", hex)) if signatures.len() < MAX_SIGNATURES => signatures.extend(unhex(hex)),
            // Schemes of other times, which prove nothing.
            _ => {}
        }
    }
    let seconds = at.ok_or(SignatureError::Malformed)?;
    let signed_at = Timestamp::from_second(seconds).map_err(|_| SignatureError::Malformed)?;
    if signatures.is_empty() {
        return Err(SignatureError::Malformed);
    }
    if now.duration_since(signed_at).abs() > TOLERANCE {
        return Err(SignatureError::Stale);
    }
    let mac = mac(secret, seconds, body).ok_or(SignatureError::Malformed)?;
    let proven = signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok());
    proven.then_some(()).ok_or(SignatureError::Wrong)
}

/// The header with which an event is sent; for tests and for stand-ins of the provider.
pub fn sign(secret: &[u8], body: &[u8], at: Timestamp) -> String {
    let seconds = at.as_second();
    let signature = mac(secret, seconds, body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    signature.iter().fold(format!("t={seconds},v1="), |text, byte| format!("{text}{byte:02x}"))
}

fn mac(secret: &[u8], seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high * 16 + low).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &[u8] = b"whsec_test";

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    #[test]
    fn a_signature_is_that_of_another_implementation() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
        let signature = "35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";
        let header = format!("t=1700000000,v1={signature}");
        assert_eq!(sign(SECRET, b"{}", now()), header);
        assert_eq!(verify(SECRET, &header, b"{}", now()), Ok(()));
    }

    #[test]
    fn any_of_several_signatures_is_enough_while_a_secret_is_replaced() {
        let (old, new) = (sign(b"old", b"{}", now()), sign(SECRET, b"{}", now()));
        let both = format!("{old},{}", new.split_once(',').unwrap().1);
        assert_eq!(verify(SECRET, &both, b"{}", now()), Ok(()));
        assert_eq!(verify(b"third", &both, b"{}", now()), Err(SignatureError::Wrong));
    }

    #[test]
    fn signatures_end() {
        let header = sign(SECRET, b"{}", now());
        let late = |by: SignedDuration| verify(SECRET, &header, b"{}", now() + by);
        assert_eq!(late(TOLERANCE), Ok(()));
        assert_eq!(late(-TOLERANCE), Ok(()));
        assert_eq!(late(TOLERANCE + SignedDuration::from_secs(1)), Err(SignatureError::Stale));
        assert_eq!(late(-TOLERANCE - SignedDuration::from_secs(1)), Err(SignatureError::Stale));
    }

    #[test]
    fn headers_of_other_shapes_prove_nothing() {
        for header in ["", "t=", "t=1700000000", "v1=00", "t=x,v1=00", "t=1700000000,v0=00", "t=1700000000,v1=zz"] {
            assert_eq!(verify(SECRET, header, b"{}", now()), Err(SignatureError::Malformed), "{header}");
        }
        assert_eq!(verify(SECRET, "t=1700000000,v1=00", b"{}", now()), Err(SignatureError::Wrong));
    }

    proptest! {
        #[test]
        fn a_changed_body_or_time_or_secret_is_noticed(body: Vec<u8>, flip: u8, at in 0..200_i64, secret: Vec<u8>) {
            let header = sign(SECRET, &body, now());
            prop_assert_eq!(verify(SECRET, &header, &body, now()), Ok(()));
            let mut changed = body.clone();
            changed.push(flip);
            prop_assert_eq!(verify(SECRET, &header, &changed, now()), Err(SignatureError::Wrong));
            let other = header.replacen("1700000000", &(1_700_000_001 + at).to_string(), 1);
            prop_assert_eq!(verify(SECRET, &other, &body, now()), Err(SignatureError::Wrong));
            prop_assume!(secret != SECRET);
            prop_assert_eq!(verify(&secret, &header, &body, now()), Err(SignatureError::Wrong));
        }

        #[test]
        fn no_header_makes_it_panic(header in "\\PC*") {
            let read = verify(SECRET, &header, b"{}", now());
            prop_assert!(read.is_err());
        }
    }
}
