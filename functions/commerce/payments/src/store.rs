//! The items of this context in the table. The key table is in this context's README.

mod deciding;
mod forgetting;
mod lists;
mod methods;
mod payments;

use contracts::payments::PaymentProviderName;
use dynamo::{Context, Entity, IndexKey, Key, Table};
use jiff::Timestamp;
use payment_providers::{CustomerId, ProviderPaymentId};
use serde::{Deserialize, Serialize};
use types::{PaymentId, PaymentMethodId, UserId, Uuid};

use crate::domain::attention::Attention;
use crate::domain::methods::{Customer, DepartedCustomer, StoredMethod, StoredSetup, provider_str};
use crate::domain::orphan::Orphan;
use crate::domain::payment::Payment;

pub use lists::{DueCursor, DueEntry, PaymentEntry, Window};
pub use payments::{Beginning, NotSaved, Saved};

/// Over how many partitions of the index payments are spread.
pub const SHARDS: u8 = 8;

/// The context's name in keys.
#[derive(Debug)]
pub struct Payments;

impl Context for Payments {
    const NAME: &'static str = "payments";
}

impl Entity for Payment {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        payment_key(self.id)
    }
}

impl Entity for PaymentEntry {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        Key::new("payment", self.payment_id, "entry")
    }

    /// All payments, by the time of their start.
    fn index(&self) -> Option<IndexKey<Payments>> {
        let sort = format!("at#{:015}#{}", self.started_at.as_millisecond(), self.payment_id);
        Some(IndexKey::new("list", shard(self.payment_id), sort))
    }
}

impl Entity for DueEntry {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        Key::new("payment", self.payment_id, "due")
    }

    /// What is unfinished, by when the sweep looks after it.
    fn index(&self) -> Option<IndexKey<Payments>> {
        let sort = format!("due#{:015}#{}", self.due_at.as_millisecond(), self.payment_id);
        Some(IndexKey::new("due", shard(self.payment_id), sort))
    }
}

impl Entity for Attention {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        Key::new("payment", self.payment_id, format!("attention#{}", self.kind.as_str()))
    }

    fn index(&self) -> Option<IndexKey<Payments>> {
        let sort = format!("at#{:015}#{}#{}", self.at.as_millisecond(), self.payment_id, self.kind.as_str());
        Some(IndexKey::new("attention", "all", sort))
    }
}

/// What leads from a provider's ID to the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderReference {
    /// Provider.
    pub provider: PaymentProviderName,
    /// The provider's ID.
    pub provider_id: ProviderPaymentId,
    /// Payment ID.
    pub payment_id: PaymentId,
}

impl Entity for ProviderReference {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        reference_key(self.provider, &self.provider_id)
    }
}

impl Entity for Orphan {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        orphan_key(self.provider, &self.provider_id)
    }

    /// What was not returned, by the time at which it was noticed.
    fn index(&self) -> Option<IndexKey<Payments>> {
        let sort = format!("at#{:015}#{}", self.at.as_millisecond(), self.provider_id);
        (!self.is_settled()).then(|| IndexKey::new("orphans", "all", sort))
    }

    fn expires_at(&self) -> Option<i64> {
        Orphan::expires_at(self)
    }
}

impl Entity for Customer {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        customer_key(self.user_id, self.provider)
    }
}

impl Entity for DepartedCustomer {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        departed_key(self.provider, &self.customer_id)
    }

    /// By when the sweep tries to delete it.
    fn index(&self) -> Option<IndexKey<Payments>> {
        let provider = provider_str(self.provider);
        let sort = format!("due#{:015}#{provider}#{}", self.due_at.as_millisecond(), self.customer_id);
        Some(IndexKey::new("departed", "all", sort))
    }
}

impl Entity for StoredMethod {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        method_key(self.user_id, self.id)
    }
}

impl Entity for StoredSetup {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        setup_key(self.user_id, self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(StoredSetup::expires_at(self))
    }
}

/// What leads from a user to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPayment {
    /// User ID.
    pub user_id: UserId,
    /// Payment ID.
    pub payment_id: PaymentId,
    /// Order number.
    pub number: String,
    /// Amount of the order.
    pub money: types::Money,
    /// Time of the start.
    pub started_at: Timestamp,
}

impl Entity for UserPayment {
    type Context = Payments;

    fn key(&self) -> Key<Payments> {
        let at = self.started_at.as_millisecond();
        Key::new("user", self.user_id, format!("payment#{at:015}#{}", self.payment_id))
    }
}

fn shard(id: PaymentId) -> u128 {
    id.uuid().as_u128() % u128::from(SHARDS)
}

fn payment_key(id: PaymentId) -> Key<Payments> {
    Key::new("payment", id, "payment")
}

fn reference_key(provider: PaymentProviderName, id: &ProviderPaymentId) -> Key<Payments> {
    Key::new("reference", format!("{}#{id}", provider_str(provider)), "payment")
}

fn orphan_key(provider: PaymentProviderName, id: &ProviderPaymentId) -> Key<Payments> {
    Key::new("orphan", format!("{}#{id}", provider_str(provider)), "orphan")
}

fn customer_key(user: UserId, provider: PaymentProviderName) -> Key<Payments> {
    Key::new("user", user, format!("customer#{}", provider_str(provider)))
}

fn departed_key(provider: PaymentProviderName, id: &CustomerId) -> Key<Payments> {
    Key::new("departed", format!("{}#{id}", provider_str(provider)), "customer")
}

fn method_key(user: UserId, id: PaymentMethodId) -> Key<Payments> {
    Key::new("user", user, format!("method#{id}"))
}

fn methods_key(user: UserId) -> Key<Payments> {
    Key::new("user", user, "method#")
}

fn customers_key(user: UserId) -> Key<Payments> {
    Key::new("user", user, "customer#")
}

fn user_payments_key(user: UserId) -> Key<Payments> {
    Key::new("user", user, "payment#")
}

fn setup_key(user: UserId, id: Uuid) -> Key<Payments> {
    Key::new("user", user, format!("setup#{id}"))
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Payments>,
}

impl kit::OpenStore for Store {
    type Context = Payments;

    fn open(table: Table<Payments>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Payments>) -> Self {
        Self { table }
    }
}
