//! Saved payment methods. Of a card only brand, last digits, expiry and the provider's ID are kept.

use contracts::payments::PaymentProviderName;
use jiff::{SignedDuration, Timestamp};
use payment_providers::{CustomerId, MethodId, SavedMethod, SetupId, SweepRetry};
use serde::{Deserialize, Serialize};
use types::{PaymentMethodId, UserId, Uuid, derive_id};

use super::sweep::OWN_TIME;

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

/// A user at a provider whose account here has ended: the provider is still to delete it. It says nothing of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartedCustomer {
    /// Provider.
    pub provider: PaymentProviderName,
    /// The provider's ID.
    pub customer_id: CustomerId,
    /// Time of the next attempt by the sweep.
    pub due_at: Timestamp,
    /// Attempts of the sweep that failed.
    pub retry: Option<SweepRetry>,
}

impl DepartedCustomer {
    /// A customer whom the function that erases the user deletes now, and the sweep if that fails.
    pub fn new(customer: &Customer, now: Timestamp) -> Self {
        let due_at = now.saturating_add(OWN_TIME).unwrap_or(Timestamp::MAX);
        Self { provider: customer.provider, customer_id: customer.customer_id.clone(), due_at, retry: None }
    }

    /// Notes an attempt of the sweep, before it is made.
    #[must_use]
    pub fn swept(&self, now: Timestamp) -> Self {
        let retry = SweepRetry::after(self.retry, now);
        Self { due_at: retry.at, retry: Some(retry), ..self.clone() }
    }
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

    #[test]
    fn a_customer_of_a_deleted_account_is_tried_again_more_and_more_rarely() {
        let (provider, created_at) = (PaymentProviderName::Stripe, Timestamp::UNIX_EPOCH);
        let (user_id, customer_id) = (UserId::new(Uuid::from_u128(1)), CustomerId::new("cus_1"));
        let customer = Customer { user_id, provider, customer_id, default: None, created_at };
        let departed = DepartedCustomer::new(&customer, created_at);
        let again = departed.swept(departed.due_at);
        let minutes = [&departed, &again, &again.swept(again.due_at)].map(|it| it.due_at.as_second() / 60);
        assert_eq!(minutes, [2, 4, 8]);
        assert!(!format!("{departed:?}").contains(&user_id.to_string()));
    }
}
