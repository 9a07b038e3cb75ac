//! Saved payment methods. Of a card only brand, last digits, expiry and the provider's ID are kept.

use contracts::payments::PaymentProviderName;
use jiff::{SignedDuration, Timestamp};
use payment_providers::{CustomerId, MethodId, SavedMethod, SetupId};
use serde::{Deserialize, Serialize};
use types::{PaymentMethodId, UserId, Uuid, derive_id};

/// How long an unfinished setup is remembered.
const SETUP_SECONDS: i64 = SignedDuration::from_hours(48).as_secs();

/// A user at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// User ID.
    pub user_id: UserId,
    /// Provider.
    pub provider: PaymentProviderName,
    /// The provider's ID.
    pub customer_id: CustomerId,
    /// The method that is suggested first.
    pub default: Option<PaymentMethodId>,
    /// Time at which it was created.
    pub created_at: Timestamp,
}

/// A saved method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMethod {
    /// ID, derived from the provider's.
    pub id: PaymentMethodId,
    /// Its owner.
    pub user_id: UserId,
    /// Provider.
    pub provider: PaymentProviderName,
    /// The card, as its owner knows it.
    pub card: SavedMethod,
    /// Time at which it was saved.
    pub saved_at: Timestamp,
}

impl StoredMethod {
    /// A method that was saved now.
    pub fn new(user_id: UserId, provider: PaymentProviderName, card: SavedMethod, now: Timestamp) -> Self {
        Self { id: method_id(provider, &card.id), user_id, provider, card, saved_at: now }
    }
}

/// Returns the ID of a provider's method.
pub fn method_id(provider: PaymentProviderName, id: &MethodId) -> PaymentMethodId {
    PaymentMethodId::new(derive_id(&["payments", "method", provider_str(provider), id.as_str()]))
}

/// The provider's name in keys and IDs.
pub const fn provider_str(provider: PaymentProviderName) -> &'static str {
    match provider {
        PaymentProviderName::Stripe => "stripe",
        PaymentProviderName::Paypal => "paypal",
    }
}

/// A setup in which a user saves a method without a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSetup {
    /// ID, derived from the request.
    pub id: Uuid,
    /// User ID.
    pub user_id: UserId,
    /// Provider.
    pub provider: PaymentProviderName,
    /// The provider's ID.
    pub setup_id: SetupId,
    /// Time of the request.
    pub created_at: Timestamp,
}

impl StoredSetup {
    /// When it is forgotten, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.created_at.as_second() + SETUP_SECONDS
    }
}

/// The reference of a setup at the provider.
pub fn setup_reference(user: UserId, setup: Uuid) -> String {
    format!("{user}:{setup}")
}

/// Returns the user in the reference of a setup.
pub fn user_of_setup(reference: &str) -> Option<UserId> {
    reference.split_once(':')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_leads_to_the_user() {
        let (user, setup) = (UserId::new(Uuid::from_u128(1)), Uuid::from_u128(2));
        assert_eq!(user_of_setup(&setup_reference(user, setup)), Some(user));
        for other in ["", "a:b", "wallet"] {
            assert_eq!(user_of_setup(other), None, "{other}");
        }
    }
}
