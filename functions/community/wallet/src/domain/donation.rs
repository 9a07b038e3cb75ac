//! Donations: from a balance in one step, or by card in several.

use contracts::wallet::{DonationCompleted, Funding, Recipient};
use jiff::Timestamp;
use payment_providers::{PaymentMethod, SweepRetry};
use serde::{Deserialize, Serialize};
use types::{DonationId, Money, TransferId, UserId, derive_id};
use utoipa::ToSchema;

use super::account::Account;
use super::card::CardPayment;
use super::ledger::{Heading, Kind, Transfer, Unbalanced};

/// The longest message of a donation or a transfer, in characters.
pub const MAX_MESSAGE_CHARS: usize = 500;
/// The most steps that a donation keeps. The last ones are the ones that tell how it ended.
const MAX_STEPS: usize = 20;

/// How far a donation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DonationStatus)]
pub enum Status {
    /// It is under way.
    Processing,
    /// It reached its recipient.
    Completed,
    /// It did not happen, and nobody paid.
    Failed,
    /// It did not reach its recipient, and the donor has their money back.
    Refunded,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DonationStepOutcome)]
pub enum Outcome {
    /// As it should.
    Done,
    /// It did not work.
    Failed,
    /// It is attempted again, or waits for another party.
    Waiting,
}

/// Something that was done for a donation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DonationStep)]
pub struct Step {
    /// What: `charge`, `credit`, `refund`.
    pub name: String,
    /// When the step was taken.
    #[serde(serialize_with = "types::time::millis")]
    pub at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// More about it, in a word: `declined`.
    #[serde(default)]
    pub detail: Option<String>,
}

/// A donation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donation {
    /// Its id.
    pub id: DonationId,
    /// Who gives.
    pub donor_id: UserId,
    /// Who gets.
    pub recipient: Recipient,
    /// How much.
    pub money: Money,
    /// Where it comes from.
    pub funding: Funding,
    /// What the donor wrote to the recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How far it is.
    pub status: Status,
    /// Why it failed or was refunded, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was done for it, oldest first.
    pub steps: Vec<Step>,
    /// The card's part, where it is by card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardPayment>,
    /// The provider's name for its payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_reference: Option<String>,
    /// The request that asked for it, as events and logs know it.
    pub correlation_id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When the sweep looks after it next, if it did so before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<SweepRetry>,
}

/// The message is for the recipient, and no log's.
impl std::fmt::Debug for Donation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Donation").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

/// A request for a donation.
#[derive(Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who gives.
    pub donor_id: UserId,
    /// Who gets.
    pub recipient: Recipient,
    /// How much.
    pub money: Money,
    /// Where it comes from.
    pub funding: Funding,
    /// What the donor writes.
    pub message: Option<String>,
    /// The card, where it is by card.
    pub card: Option<PaymentMethod>,
}

impl Donation {
    /// A donation that is under way.
    pub fn started(id: DonationId, wish: Wish, correlation_id: String, now: Timestamp) -> Self {
        let Wish { donor_id, recipient, money, funding, message, card } = wish;
        Self {
            id,
            donor_id,
            recipient,
            money,
            funding,
            message,
            status: Status::Processing,
            reason: None,
            steps: Vec::new(),
            card: card.map(CardPayment::of),
            provider_reference: None,
            correlation_id,
            created_at: now,
            updated_at: now,
            sweep: None,
        }
    }

    /// True if this is what the wish asks for.
    pub fn is_of(&self, wish: &Wish) -> bool {
        let method = self.card.as_ref().map(|card| &card.method);
        (self.donor_id, self.recipient, &self.money, self.funding, &self.message, method)
            == (wish.donor_id, wish.recipient, &wish.money, wish.funding, &wish.message, wish.card.as_ref())
    }

    /// True if something is left to do.
    pub fn is_unfinished(&self) -> bool {
        match self.status {
            Status::Processing => true,
            Status::Completed | Status::Failed | Status::Refunded => false,
        }
    }

    /// The same with one step more.
    #[must_use]
    pub fn stepped(&self, name: &str, outcome: Outcome, detail: Option<&str>, now: Timestamp) -> Self {
        let mut next = self.clone();
        next.steps.push(Step { name: name.to_owned(), at: now, outcome, detail: detail.map(str::to_owned) });
        let surplus = next.steps.len().saturating_sub(MAX_STEPS);
        next.steps.drain(..surplus);
        next.updated_at = now;
        next
    }

    /// The same, arrived.
    #[must_use]
    pub fn completed(&self, now: Timestamp) -> Self {
        Self { status: Status::Completed, updated_at: now, ..self.clone() }
    }

    /// The same, ended without a payment.
    #[must_use]
    pub fn failed(&self, reason: &str, now: Timestamp) -> Self {
        Self { status: Status::Failed, reason: Some(reason.to_owned()), updated_at: now, ..self.clone() }
    }

    /// The same, ended with the money back.
    #[must_use]
    pub fn refunded(&self, reason: &str, now: Timestamp) -> Self {
        Self { status: Status::Refunded, reason: Some(reason.to_owned()), updated_at: now, ..self.clone() }
    }

    /// The event of its arrival.
    pub fn arrival(&self, beneficiary_id: Option<UserId>) -> DonationCompleted {
        let Self { id, donor_id, recipient, money, funding, .. } = self;
        let (donation_id, donor_id, recipient, funding) = (*id, *donor_id, *recipient, *funding);
        DonationCompleted { donation_id, donor_id, recipient, money: money.clone(), funding, beneficiary_id }
    }

    /// The id of the transfer that moves its money to the recipient.
    pub fn transfer_id(&self) -> TransferId {
        TransferId::new(derive_id(&["wallet", "donation", &self.id.to_string()]))
    }

    /// Its money on the way from an account to the recipient.
    pub fn transfer(&self, from: Account, now: Timestamp) -> Result<Transfer, Unbalanced> {
        let (id, reference) = (self.transfer_id(), Some(self.id.uuid()));
        let heading = Heading { id, kind: Kind::Donation, at: now, reference, message: None };
        Transfer::between(heading, from, Account::Free(self.recipient.into()), self.money.clone())
    }

    /// The same without the donor's words.
    #[must_use]
    pub fn without_message(&self) -> Self {
        Self { message: None, ..self.clone() }
    }
}

/// The list of a user or a point in which a donation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Its donor's list.
    Given,
    /// Its recipient's list.
    Received,
}

impl Direction {
    /// Its name, as in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Received => "received",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use types::{CurrencyCode, Uuid};

    use super::*;

    fn wish() -> Wish {
        Wish {
            donor_id: UserId::new(Uuid::from_u128(1)),
            recipient: Recipient::User(UserId::new(Uuid::from_u128(2))),
            money: Money::new(5, CurrencyCode::parse("EUR").unwrap()),
            funding: Funding::Card,
            message: Some("for the cats".to_owned()),
            card: Some(PaymentMethod::parse("pm_card_visa").unwrap()),
        }
    }

    fn donation() -> Donation {
        Donation::started(DonationId::new(Uuid::from_u128(3)), wish(), "c".to_owned(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn only_one_that_is_under_way_is_unfinished() {
        let now = Timestamp::UNIX_EPOCH + Duration::from_secs(9);
        assert!(donation().is_unfinished());
        for ended in [donation().completed(now), donation().failed("declined", now), donation().refunded("gone", now)] {
            assert!(!ended.is_unfinished());
            assert_eq!(ended.updated_at, now);
        }
    }

    #[test]
    fn steps_are_kept_in_order_and_bounded_and_words_stay_out_of_logs() {
        let mut donation = donation();
        for number in 0..30 {
            donation = donation.stepped(&format!("step-{number}"), Outcome::Waiting, None, Timestamp::UNIX_EPOCH);
        }
        assert_eq!(donation.steps.len(), MAX_STEPS);
        assert_eq!(donation.steps[MAX_STEPS - 1].name, "step-29");
        assert!(!format!("{donation:?}").contains("cats"));
    }

    #[test]
    fn a_wish_that_differs_in_anything_is_another() {
        let other = |change: fn(&mut Wish)| {
            let mut wish = wish();
            change(&mut wish);
            wish
        };
        assert!(donation().is_of(&wish()));
        assert!(!donation().is_of(&other(|wish| wish.money.amount_minor = 6)));
        assert!(!donation().is_of(&other(|wish| wish.message = None)));
        assert!(!donation().is_of(&other(|wish| wish.funding = Funding::Balance)));
        assert!(!donation().is_of(&other(|wish| wish.card = None)));
        assert!(!donation().is_of(&other(|wish| wish.donor_id = UserId::new(Uuid::from_u128(9)))));
    }
}
