//! Rules for what comes in from stores: environments, transactions that count once, acknowledgements, attention.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{InvoiceId, SubscriptionId, UserId};

use super::managed::add;
use super::mirror::{Mirror, Source, StoreState};

/// Google refunds a purchase that is not acknowledged for so long.
pub const ACKNOWLEDGE_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// Where a purchase was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// With money.
    Production,
    /// In a test environment of the store.
    Sandbox,
}

/// A purchase in a test environment is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the purchase was made in another environment of the store")]
pub struct OtherEnvironment;

/// Whether a purchase counts. A deployment in production takes purchases of the sandbox only from users that the operator
/// lists, such as the store's reviewer; a test deployment takes nothing that costs money.
pub fn accept(
    deployment: Environment,
    purchase: Environment,
    user: Option<UserId>,
    reviewers: &BTreeSet<UserId>,
) -> Result<(), OtherEnvironment> {
    let is_reviewer = user.is_some_and(|user| reviewers.contains(&user));
    match (deployment, purchase) {
        (Environment::Production, Environment::Production) | (Environment::Sandbox, Environment::Sandbox) => Ok(()),
        (Environment::Production, Environment::Sandbox) if is_reviewer => Ok(()),
        (Environment::Production, Environment::Sandbox) | (Environment::Sandbox, Environment::Production) => {
            Err(OtherEnvironment)
        }
    }
}

/// A transaction of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Transaction ID. Restoring a purchase gives it another one.
    pub id: String,
    /// ID of the purchase or renewal, the same for all its transactions (Apple's `webOrderLineItemId`).
    pub order: Option<String>,
    /// Amount in minor units.
    pub amount: i64,
}

/// The transactions that count: one for each purchase and renewal, the first by ID.
pub fn counted(transactions: &[Transaction]) -> Vec<&Transaction> {
    let mut orders: BTreeMap<(bool, &str), &Transaction> = BTreeMap::new();
    for transaction in transactions {
        let key = transaction.order.as_deref().map_or((false, transaction.id.as_str()), |order| (true, order));
        let known = orders.entry(key).or_insert(transaction);
        if transaction.id < known.id {
            *known = transaction;
        }
    }
    orders.into_values().collect()
}

/// By when a purchase must be acknowledged at the store. None: it was, or is not paid yet. The store's app may not have run,
/// so it is done as soon as a purchase is known.
pub fn acknowledge_by(mirror: &Mirror, purchased_at: Timestamp, is_acknowledged: bool) -> Option<Timestamp> {
    let state = mirror.latest.as_ref()?.state;
    let is_paid = matches!(state, StoreState::Active | StoreState::Grace | StoreState::Cancelled);
    (is_paid && !is_acknowledged).then(|| add(purchased_at, ACKNOWLEDGE_WITHIN))
}

/// What an operator must look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attention {
    /// A store grants a grace period without an end. Access lasts until the end of what is paid.
    GraceWithoutEnd {
        /// Subscription.
        subscription: SubscriptionId,
    },
    /// A payment came after its invoice was voided; it is refunded.
    LateSuccess {
        /// Invoice.
        invoice: InvoiceId,
    },
    /// A user has a subscription at a store beside another one.
    SecondSubscription {
        /// The second one.
        subscription: SubscriptionId,
    },
}

/// Whether a store's snapshot needs an operator: the store was asked, and still names no end of its grace period.
pub fn attention(subscription: SubscriptionId, mirror: &Mirror) -> Option<Attention> {
    let latest = mirror.latest.as_ref()?;
    let is_endless = latest.state == StoreState::Grace && latest.grace_until.is_none();
    (is_endless && latest.source != Source::Notification).then_some(Attention::GraceWithoutEnd { subscription })
}

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
