//! Deposits: money that comes into a wallet by card.

use jiff::{SignedDuration, Timestamp};
use payments::{PaymentId, PaymentMethod};
use serde::{Deserialize, Serialize};
use types::{DepositId, Money, TransferId, UserId};
use utoipa::ToSchema;

use super::payment::{Purpose, Reference};

/// When the provider is asked about a deposit of which nothing was heard: webhooks come within seconds.
pub const FIRST_LOOK: SignedDuration = SignedDuration::from_mins(5);
/// How often it is asked after that.
pub const NEXT_LOOK: SignedDuration = SignedDuration::from_mins(15);
/// When a deposit ends that nobody paid: as long as the provider keeps idempotency keys, and longer than a bank asks for.
pub const GIVE_UP: SignedDuration = SignedDuration::from_hours(24);

/// How far a deposit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DepositStatus {
    /// The money has not come yet.
    Pending,
    /// The money is in the wallet.
    Completed,
    /// Nothing was charged.
    Failed,
    /// The provider gave all of it back to the card, and it is no longer in the wallet.
    Refunded,
}

/// Money that comes into a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// Its id.
    pub id: DepositId,
    /// Whose wallet.
    pub user_id: UserId,
    /// How much.
    pub money: Money,
    /// The card; none if the client pays at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    /// How far it is.
    pub status: DepositStatus,
    /// Why it failed, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The provider's id of its payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// What the provider gave back to the card, in minor units.
    #[serde(default)]
    pub refunded_minor: i64,
    /// How much of that was no longer in the wallet: somebody must look at it.
    #[serde(default)]
    pub shortfall_minor: i64,
    /// The request that asked for it, as events and logs know it.
    pub correlation_id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the provider is asked about it next.
    pub look_at: Timestamp,
}

/// The provider says that another amount has come than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the provider's amount is not the deposit's")]
pub struct OtherAmount;

/// What of a refund is taken from the wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBack {
    /// The transfer's id: the same for the same total.
    pub transfer_id: TransferId,
    /// How much.
    pub money: Money,
}

impl Deposit {
    /// A deposit that somebody asks for.
    pub fn asked(
        id: DepositId,
        user_id: UserId,
        money: Money,
        method: Option<PaymentMethod>,
        correlation_id: String,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            user_id,
            money,
            method,
            status: DepositStatus::Pending,
            reason: None,
            payment_id: None,
            refunded_minor: 0,
            shortfall_minor: 0,
            correlation_id,
            created_at: now,
            look_at: now + FIRST_LOOK,
        }
    }

    /// What we call its payment.
    pub fn reference(&self) -> Reference {
        Reference { user: self.user_id, purpose: Purpose::Deposit(self.id) }
    }

    /// True if this is what another request asks for.
    pub fn is_same_wish(&self, money: &Money, method: Option<&PaymentMethod>) -> bool {
        (&self.money, self.method.as_ref()) == (money, method)
    }

    /// True if nothing was heard for too long.
    pub fn is_given_up(&self, now: Timestamp) -> bool {
        now.duration_since(self.created_at) >= GIVE_UP
    }

    /// The same with the provider's id of its payment.
    #[must_use]
    pub fn known_as(&self, payment: PaymentId) -> Self {
        Self { payment_id: Some(payment), ..self.clone() }
    }

    /// The same, to be looked at again later.
    #[must_use]
    pub fn looked_at(&self, now: Timestamp) -> Self {
        Self { look_at: now + NEXT_LOOK, ..self.clone() }
    }

    /// The same with the money in the wallet; none if it is there already. What failed here and was paid after all counts
    /// too: it is the payer's money.
    pub fn completed(&self, payment: &PaymentId, paid: &Money) -> Result<Option<Self>, OtherAmount> {
        if *paid != self.money {
            return Err(OtherAmount);
        }
        Ok(match self.status {
            DepositStatus::Completed | DepositStatus::Refunded => None,
            DepositStatus::Pending | DepositStatus::Failed => Some(Self {
                status: DepositStatus::Completed,
                reason: None,
                payment_id: Some(payment.clone()),
                ..self.clone()
            }),
        })
    }

    /// The same, ended without a charge; none if it has ended already.
    pub fn failed(&self, reason: &str) -> Option<Self> {
        let pending = self.status == DepositStatus::Pending;
        pending.then(|| Self { status: DepositStatus::Failed, reason: Some(reason.to_owned()), ..self.clone() })
    }

    /// What is to be taken from the wallet once the provider has given back so much in all; none if that is known. Totals
    /// only grow, so that messages may come twice and in any order.
    pub fn to_take_back(&self, refunded_minor: i64) -> Option<TakeBack> {
        let total = refunded_minor.min(self.money.amount_minor);
        let more = total - self.refunded_minor;
        (more > 0).then(|| TakeBack {
            transfer_id: TransferId::new(types::derive_id(&[
                "deposit_refund",
                &self.id.to_string(),
                &total.to_string(),
            ])),
            money: Money::new(more, self.money.currency.clone()),
        })
    }

    /// The same after a refund, of which `taken` or nothing was in the wallet.
    #[must_use]
    pub fn refunded(&self, take: &TakeBack, taken: bool) -> Self {
        let refunded_minor = self.refunded_minor + take.money.amount_minor;
        let shortfall_minor = self.shortfall_minor + if taken { 0 } else { take.money.amount_minor };
        let all = refunded_minor >= self.money.amount_minor;
        let status = if all { DepositStatus::Refunded } else { self.status };
        Self { status, refunded_minor, shortfall_minor, ..self.clone() }
    }

    /// True if somebody must look at it: money went back to a card that was no longer in the wallet.
    pub fn needs_attention(&self) -> bool {
        self.shortfall_minor > 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::{CurrencyCode, Uuid};

    use super::*;

    fn euros(minor: i64) -> Money {
        Money::new(minor, CurrencyCode::parse("EUR").unwrap())
    }

    fn deposit() -> Deposit {
        let (id, user) = (DepositId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        Deposit::asked(id, user, euros(1_000), None, "c".to_owned(), Timestamp::UNIX_EPOCH)
    }

    fn payment() -> PaymentId {
        PaymentId::new("pi_1")
    }

    /// What the provider may tell, in any order and as often as it likes.
    #[derive(Debug, Clone)]
    enum Told {
        Succeeded,
        Failed,
        Refunded(i64),
    }

    fn told() -> impl Strategy<Value = Told> {
        prop_oneof![Just(Told::Succeeded), Just(Told::Failed), (0..2_000_i64).prop_map(Told::Refunded)]
    }

    proptest! {
        #[test]
        fn the_wallet_gets_the_money_once_and_gives_back_no_more_than_that(
            messages in prop::collection::vec((told(), any::<bool>()), 0..20),
        ) {
            let mut deposit = deposit();
            let (mut credited, mut taken) = (0, 0);
            let mut largest = 0;
            for (message, available) in messages {
                // What was given back had come.
                if !matches!(message, Told::Failed)
                    && let Some(next) = deposit.completed(&payment(), &euros(1_000)).unwrap()
                {
                    (deposit, credited) = (next, credited + 1_000);
                }
                match message {
                    Told::Succeeded => {}
                    Told::Failed => deposit = deposit.failed("declined").unwrap_or(deposit),
                    Told::Refunded(total) => {
                        largest = largest.max(total.min(1_000));
                        if let Some(take) = deposit.to_take_back(total) {
                            taken += if available { take.money.amount_minor } else { 0 };
                            deposit = deposit.refunded(&take, available);
                        }
                    }
                }
                prop_assert!(credited <= 1_000 && taken <= credited);
                prop_assert_eq!(deposit.refunded_minor, largest);
                prop_assert_eq!(deposit.refunded_minor, taken + deposit.shortfall_minor);
                prop_assert_eq!(credited > 0, matches!(deposit.status, DepositStatus::Completed | DepositStatus::Refunded));
                prop_assert_eq!(deposit.status == DepositStatus::Refunded, largest == 1_000);
            }
        }
    }

    #[test]
    fn another_amount_is_never_credited() {
        for other in [euros(999), euros(0), Money::new(1_000, CurrencyCode::parse("USD").unwrap())] {
            assert_eq!(deposit().completed(&payment(), &other), Err(OtherAmount));
        }
    }

    #[test]
    fn a_deposit_is_looked_at_until_it_is_given_up() {
        let (deposit, start) = (deposit(), Timestamp::UNIX_EPOCH);
        assert_eq!(deposit.look_at, start + FIRST_LOOK);
        assert_eq!(deposit.looked_at(start + GIVE_UP).look_at, start + GIVE_UP + NEXT_LOOK);
        assert!(!deposit.is_given_up(start + GIVE_UP - SignedDuration::from_secs(1)));
        assert!(deposit.is_given_up(start + GIVE_UP));
    }

    #[test]
    fn the_same_total_takes_under_the_same_id() {
        let id = |total| deposit().to_take_back(total).map(|take| take.transfer_id);
        assert_eq!(id(300), id(300));
        assert_ne!(id(300), id(301));
        assert_eq!(deposit().to_take_back(0), None);
    }
}
