//! Money at a provider that belongs to no payment here.

use contracts::payments::PaymentProviderName;
use jiff::Timestamp;
use payment_providers::{ProviderPayment, ProviderPaymentId};
use serde::{Deserialize, Serialize};
use types::Money;

/// How long settled money is remembered, in seconds: longer than events are repeated.
const SETTLED_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Money that was taken or reserved by a payment that this deployment started and does not know, or has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// Provider.
    pub provider: PaymentProviderName,
    /// The provider's ID.
    pub provider_id: ProviderPaymentId,
    /// Our reference.
    pub reference: Option<String>,
    /// Amount of the payment.
    pub money: Money,
    /// Amount that is reserved or was taken, and not returned, in minor units.
    pub held_minor: i64,
    /// Time at which it was noticed.
    pub at: Timestamp,
}

impl Orphan {
    /// What a provider says of a payment that is not known here. `None` if it holds no money.
    pub fn of(provider: PaymentProviderName, view: &ProviderPayment, now: Timestamp) -> Option<Self> {
        let orphan = Self {
            provider,
            provider_id: view.id.clone(),
            reference: view.reference.clone(),
            money: view.money.clone(),
            held_minor: held_minor(view),
            at: now,
        };
        (orphan.held_minor > 0).then_some(orphan)
    }

    /// What the provider says of it now.
    #[must_use]
    pub fn seen_again(&self, view: &ProviderPayment) -> Self {
        Self { held_minor: held_minor(view), ..self.clone() }
    }

    /// Whether the money went back. It is then not listed.
    pub const fn is_settled(&self) -> bool {
        self.held_minor == 0
    }

    /// When it is forgotten, in seconds since 1970.
    pub fn expires_at(&self) -> Option<i64> {
        self.is_settled().then(|| self.at.as_second() + SETTLED_SECONDS)
    }
}

fn held_minor(view: &ProviderPayment) -> i64 {
    let facts = &view.facts;
    let captured = facts.captured_minor();
    let held = if captured == 0 && !facts.closed { facts.authorized_minor } else { captured };
    held.saturating_sub(facts.refunded_minor()).max(0)
}
