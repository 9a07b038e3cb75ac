//! Deposits: money that comes into a wallet by card.

use jiff::{SignedDuration, Timestamp};
use payment_providers::{PaymentMethod, ProviderPaymentId, SweepRetry};
use serde::{Deserialize, Serialize};
use types::{DepositId, Money, TransferId, UserId};
use utoipa::ToSchema;

use super::payment::{Purpose, Reference};

/// When the provider is asked about a deposit without a webhook: webhooks arrive within seconds.
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

/// Why a deposit ended: too many cards were declined today.
pub const TOO_MANY_DECLINES: &str = "too_many_declined_cards";

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
    /// The provider's id of its payment, which exists before the deposit does.
    pub payment_id: ProviderPaymentId,
    /// What the provider gave back to the card, in minor units.
    #[serde(default)]
    pub refunded_minor: i64,
    /// The part of the money that is held until `release_at`, in minor units.
    #[serde(default)]
    pub held_minor: i64,
    /// The part of the money that is frozen by disputes or went back to the card by them, in minor units.
    #[serde(default)]
    pub disputed_minor: i64,
    /// When held money is released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_at: Option<Timestamp>,
    /// When the release is attempted next, if an attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_retry: Option<SweepRetry>,
    /// The request that asked for it, as events and logs know it.
    pub correlation_id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the provider is asked about it next.
    pub look_at: Timestamp,
}

/// What a request for a deposit asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositOrder {
    /// The id of the deposit, derived from the request.
    pub id: DepositId,
    /// The owner of the wallet.
    pub user_id: UserId,
    /// The amount.
    pub money: Money,
    /// The card; none if the client pays at the provider.
    pub method: Option<PaymentMethod>,
}

impl DepositOrder {
    /// The reference of its payment at the provider.
    pub fn reference(&self) -> Reference {
        Reference { user: self.user_id, purpose: Purpose::Deposit(self.id) }
    }
}

/// The provider says that another amount has come than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the provider's amount is not the deposit's")]
pub struct OtherAmount;

/// What a refund takes from the wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBack {
    /// The transfer's id: the same for the same total.
    pub transfer_id: TransferId,
    /// How much.
    pub money: Money,
    /// The part of it that is still held.
    pub held_minor: i64,
}

impl Deposit {
    /// Returns a new deposit, whose payment was registered at the provider.
    pub fn new(order: DepositOrder, payment_id: ProviderPaymentId, correlation_id: String, now: Timestamp) -> Self {
        let DepositOrder { id, user_id, money, method } = order;
        Self {
            id,
            user_id,
            money,
            method,
            status: DepositStatus::Pending,
            reason: None,
            payment_id,
            refunded_minor: 0,
            held_minor: 0,
            disputed_minor: 0,
            release_at: None,
            release_retry: None,
            correlation_id,
            created_at: now,
            look_at: now + FIRST_LOOK,
        }
    }

    /// The reference of its payment at the provider.
    pub fn reference(&self) -> Reference {
        Reference { user: self.user_id, purpose: Purpose::Deposit(self.id) }
    }

    /// Whether it was created by the same request.
    pub fn is_of(&self, order: &DepositOrder) -> bool {
        (self.id, self.user_id, &self.money, &self.method) == (order.id, order.user_id, &order.money, &order.method)
    }

    /// Whether the deposit was pending for too long.
    pub fn is_given_up(&self, now: Timestamp) -> bool {
        now.duration_since(self.created_at) >= GIVE_UP
    }

    /// The same, to be looked at again later.
    #[must_use]
    pub fn looked_at(&self, now: Timestamp) -> Self {
        Self { look_at: now + NEXT_LOOK, ..self.clone() }
    }

    /// The same with the money in the wallet, where it is held for a while if `hold` is above zero; none if it is there
    /// already. What failed here and was paid after all counts too: it is the payer's money.
    pub fn completed(
        &self,
        payment: &ProviderPaymentId,
        paid: &Money,
        hold: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<Self>, OtherAmount> {
        if *paid != self.money {
            return Err(OtherAmount);
        }
        let is_held = hold > SignedDuration::ZERO;
        Ok(match self.status {
            DepositStatus::Completed | DepositStatus::Refunded => None,
            DepositStatus::Pending | DepositStatus::Failed => Some(Self {
                status: DepositStatus::Completed,
                reason: None,
                payment_id: payment.clone(),
                held_minor: if is_held { self.money.amount_minor } else { 0 },
                release_at: is_held.then(|| now.saturating_add(hold).unwrap_or(Timestamp::MAX)),
                ..self.clone()
            }),
        })
    }

    /// When the sweep releases held money; none if no money is held.
    pub fn release_due_at(&self) -> Option<Timestamp> {
        let release_at = self.release_at.filter(|_| self.held_minor > 0)?;
        Some(self.release_retry.map_or(release_at, |retry| retry.at.max(release_at)))
    }

    /// The same without held money, if it is to be released now.
    pub fn released(&self, now: Timestamp) -> Option<Self> {
        let due = self.held_minor > 0 && self.release_at.is_some_and(|at| at <= now);
        due.then(|| Self { held_minor: 0, release_retry: None, ..self.clone() })
    }

    /// The same after a failed release. The next attempt is behind all others that are due.
    #[must_use]
    pub fn not_released(&self, now: Timestamp) -> Self {
        Self { release_retry: Some(SweepRetry::after(self.release_retry, now)), ..self.clone() }
    }

    /// The same, ended without a charge; none if it has ended already.
    pub fn failed(&self, reason: &str) -> Option<Self> {
        let pending = self.status == DepositStatus::Pending;
        pending.then(|| Self { status: DepositStatus::Failed, reason: Some(reason.to_owned()), ..self.clone() })
    }

    /// What is to be taken from the wallet once the provider has given back so much in all; none if that is known. Totals
    /// only grow, so that messages may come twice and in any order. Disputed money is not taken twice.
    pub fn to_take_back(&self, refunded_minor: i64) -> Option<TakeBack> {
        let total = refunded_minor.min(self.money.amount_minor - self.disputed_minor);
        let more = total - self.refunded_minor;
        (more > 0).then(|| TakeBack {
            transfer_id: TransferId::new(types::derive_id(&[
                "deposit_refund",
                &self.id.to_string(),
                &total.to_string(),
            ])),
            money: Money::new(more, self.money.currency.clone()),
            held_minor: more.min(self.held_minor),
        })
    }

    /// The same after a refund.
    #[must_use]
    pub fn refunded(&self, take: &TakeBack) -> Self {
        let refunded_minor = self.refunded_minor + take.money.amount_minor;
        let all = refunded_minor >= self.money.amount_minor;
        let status = if all { DepositStatus::Refunded } else { self.status };
        Self { status, refunded_minor, held_minor: self.held_minor - take.held_minor, ..self.clone() }
    }

    /// The part of a disputed amount that is still in the wallet or owed; none if all of it was refunded or disputed before.
    pub fn disputable(&self, disputed: &Money) -> Option<Money> {
        let left = self.money.amount_minor - self.refunded_minor - self.disputed_minor;
        let amount = disputed.amount_minor.min(left);
        (amount > 0 && disputed.currency == self.money.currency)
            .then(|| Money::new(amount, self.money.currency.clone()))
    }

    /// The same with so much of it frozen by a dispute. Money that is held is frozen first.
    #[must_use]
    pub fn disputed(&self, amount_minor: i64) -> Self {
        let held_minor = (self.held_minor - amount_minor).max(0);
        Self { held_minor, disputed_minor: self.disputed_minor + amount_minor, ..self.clone() }
    }

    /// The same after a dispute of so much was won.
    #[must_use]
    pub fn undisputed(&self, amount_minor: i64) -> Self {
        Self { disputed_minor: self.disputed_minor - amount_minor, ..self.clone() }
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
        let (id, user_id) = (DepositId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        let order = DepositOrder { id, user_id, money: euros(1_000), method: None };
        Deposit::new(order, payment(), "c".to_owned(), Timestamp::UNIX_EPOCH)
    }

    fn payment() -> ProviderPaymentId {
        ProviderPaymentId::new("pi_1")
    }

    /// What the provider reports, in any order and as often as it likes.
    #[derive(Debug, Clone)]
    enum Report {
        Succeeded,
        Failed,
        Refunded(i64),
        Disputed(i64),
        Won,
        Released,
    }

    fn report() -> impl Strategy<Value = Report> {
        prop_oneof![
            Just(Report::Succeeded),
            Just(Report::Failed),
            Just(Report::Won),
            Just(Report::Released),
            (0..2_000_i64).prop_map(Report::Refunded),
            (1..1_500_i64).prop_map(Report::Disputed),
        ]
    }

    proptest! {
        #[test]
        fn the_wallet_gets_the_money_once_and_gives_back_no_more_than_that(
            reports in prop::collection::vec(report(), 0..20),
            hold_days in 0..2_i64,
        ) {
            let (mut deposit, hold, now) = (deposit(), SignedDuration::from_hours(24 * hold_days), Timestamp::UNIX_EPOCH);
            let (mut credited, mut taken, mut open) = (0, 0, Vec::new());
            for report in reports {
                // What was given back or disputed had come.
                if !matches!(report, Report::Failed | Report::Released)
                    && let Some(next) = deposit.completed(&payment(), &euros(1_000), hold, now).unwrap()
                {
                    (deposit, credited) = (next, credited + 1_000);
                }
                match report {
                    Report::Succeeded => {}
                    Report::Failed => deposit = deposit.failed("declined").unwrap_or(deposit),
                    Report::Refunded(total) => {
                        if let Some(take) = deposit.to_take_back(total) {
                            taken += take.money.amount_minor;
                            deposit = deposit.refunded(&take);
                        }
                    }
                    Report::Disputed(amount) => {
                        if let Some(money) = deposit.disputable(&euros(amount)) {
                            deposit = deposit.disputed(money.amount_minor);
                            open.push(money.amount_minor);
                        }
                    }
                    Report::Won => {
                        if let Some(amount) = open.pop() {
                            deposit = deposit.undisputed(amount);
                        }
                    }
                    Report::Released => deposit = deposit.released(now + hold).unwrap_or(deposit),
                }
                prop_assert!(credited <= 1_000 && taken <= credited);
                prop_assert_eq!(deposit.refunded_minor, taken);
                prop_assert_eq!(deposit.disputed_minor, open.iter().sum::<i64>());
                prop_assert!(deposit.held_minor >= 0);
                prop_assert!(taken + deposit.disputed_minor + deposit.held_minor <= 1_000);
                prop_assert_eq!(credited > 0, matches!(deposit.status, DepositStatus::Completed | DepositStatus::Refunded));
                prop_assert_eq!(deposit.status == DepositStatus::Refunded, taken == 1_000);
            }
        }
    }

    #[test]
    fn another_amount_is_never_credited() {
        for other in [euros(999), euros(0), Money::new(1_000, CurrencyCode::parse("USD").unwrap())] {
            let completed = deposit().completed(&payment(), &other, SignedDuration::ZERO, Timestamp::UNIX_EPOCH);
            assert_eq!(completed, Err(OtherAmount));
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
