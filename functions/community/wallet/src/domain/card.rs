//! Donations by card: how far the money is on its way from the card to the recipient, and back.

use jiff::{SignedDuration, Timestamp};
use payment_providers::{ClientSecret, PaymentMethod, ProviderPaymentId, SweepRetry};
use serde::{Deserialize, Serialize};

use super::donation::{Donation, Outcome, Status};
use super::payment::{Purpose, Reference};

/// How long whose card it is may take to say yes at their bank.
pub const GIVE_UP: SignedDuration = SignedDuration::from_mins(10);
/// When nobody works at a donation any more that is still under way, and the sweep carries it on.
pub const ABANDONED: SignedDuration = SignedDuration::from_mins(15);

/// Names of steps, as people read them.
pub const CHARGE: &str = "charge";
/// The money moves to the recipient.
pub const CREDIT: &str = "credit";
/// Donor and beneficiary are notified.
pub const COMPLETE: &str = "complete";
/// The money goes back.
pub const REFUND: &str = "refund";

/// Where the money is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "at")]
pub enum Stage {
    /// On the card, or on its way from it.
    Charging,
    /// With the provider.
    Charged,
    /// With the recipient. From here on there is no way back.
    Credited,
    /// On its way back to the card, if it has left it. From here on it cannot reach the recipient.
    Refunding {
        /// Why, in a word.
        reason: String,
    },
}

/// The card's part of a donation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPayment {
    /// The card.
    pub method: PaymentMethod,
    /// Where the money is.
    pub stage: Stage,
    /// For the donor, while their bank asks them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<ClientSecret>,
}

impl CardPayment {
    /// A card that is to be charged.
    pub fn of(method: PaymentMethod) -> Self {
        Self { method, stage: Stage::Charging, client_secret: None }
    }
}

impl Donation {
    /// What we call its payment.
    pub fn payment_reference(&self) -> Reference {
        Reference { user: self.donor_id, purpose: Purpose::Donation(self.id) }
    }

    /// The provider's id of its payment, once there is one.
    pub fn payment_id(&self) -> Option<ProviderPaymentId> {
        self.provider_reference.clone().map(ProviderPaymentId::new)
    }

    /// Where its money is, as long as it is under way.
    pub fn stage(&self) -> Option<&Stage> {
        self.card.as_ref().filter(|_| self.is_unfinished()).map(|card| &card.stage)
    }

    /// True if its donor, or their bank, took too long.
    pub fn is_given_up(&self, now: Timestamp) -> bool {
        now.duration_since(self.created_at) >= GIVE_UP
    }

    /// When the sweep looks after it, if it is under way by then and nothing changed.
    pub fn swept_at(&self) -> Timestamp {
        let abandoned_at = self.updated_at.saturating_add(ABANDONED).unwrap_or(Timestamp::MAX);
        self.sweep.map_or(abandoned_at, |retry| retry.at.max(abandoned_at))
    }

    /// True if its workflow seems to have ended without it.
    pub fn is_abandoned(&self, now: Timestamp) -> bool {
        self.is_unfinished() && self.swept_at() <= now
    }

    /// The same, looked after by the sweep now. It goes behind all others that are due, whatever comes of it.
    #[must_use]
    pub fn swept(&self, now: Timestamp) -> Self {
        Self { sweep: Some(SweepRetry::after(self.sweep, now)), ..self.clone() }
    }

    /// The same with the provider's id of its payment.
    #[must_use]
    pub fn known_as(&self, payment: &ProviderPaymentId, now: Timestamp) -> Self {
        Self { provider_reference: Some(payment.as_str().to_owned()), updated_at: now, ..self.clone() }
    }

    /// The same, waiting for a bank or a person; none if that is known.
    pub fn waiting(&self, detail: &str, secret: Option<ClientSecret>, now: Timestamp) -> Option<Self> {
        let noted = self.steps.last().is_some_and(|step| step.detail.as_deref() == Some(detail));
        let known = self.card.as_ref().is_some_and(|card| card.client_secret == secret);
        (!noted || !known).then(|| {
            let mut next = self.stepped(CHARGE, Outcome::Waiting, Some(detail), now);
            if let Some(card) = &mut next.card {
                card.client_secret = secret;
            }
            next
        })
    }

    /// The same with its money at the provider. Only what is being charged can be.
    pub fn charged(&self, now: Timestamp) -> Option<Self> {
        (self.stage() == Some(&Stage::Charging)).then(|| self.moved(Stage::Charged, CHARGE, Outcome::Done, None, now))
    }

    /// The same with its money at the recipient. Only what was charged, and is not on its way back, can be.
    pub fn credited(&self, now: Timestamp) -> Option<Self> {
        (self.stage() == Some(&Stage::Charged)).then(|| self.moved(Stage::Credited, CREDIT, Outcome::Done, None, now))
    }

    /// The same on its way back. What has reached its recipient cannot be.
    pub fn refunding(&self, step: &str, reason: &str, now: Timestamp) -> Option<Self> {
        let possible = matches!(self.stage(), Some(Stage::Charging | Stage::Charged));
        let stage = Stage::Refunding { reason: reason.to_owned() };
        possible.then(|| self.moved(stage, step, Outcome::Failed, Some(reason), now))
    }

    /// The same, arrived, with donor and recipient notified.
    pub fn arrived(&self, now: Timestamp) -> Option<Self> {
        let arrived = self.stepped(COMPLETE, Outcome::Done, None, now).completed(now);
        (self.stage() == Some(&Stage::Credited)).then(|| arrived.without_secret())
    }

    /// The same, ended without a charge.
    pub fn not_charged(&self, step: &str, reason: &str, now: Timestamp) -> Option<Self> {
        let possible = matches!(self.stage(), Some(Stage::Charging | Stage::Refunding { .. }));
        let failed = self.stepped(step, Outcome::Failed, Some(reason), now).failed(reason, now);
        possible.then(|| failed.without_secret())
    }

    /// The same, ended with the money back with its donor.
    pub fn given_back(&self, way: &str, now: Timestamp) -> Option<Self> {
        let Some(Stage::Refunding { reason }) = self.stage() else { return None };
        Some(self.stepped(REFUND, Outcome::Done, Some(way), now).refunded(reason, now).without_secret())
    }

    fn moved(&self, stage: Stage, step: &str, outcome: Outcome, detail: Option<&str>, now: Timestamp) -> Self {
        let mut next = self.stepped(step, outcome, detail, now).without_secret();
        if let Some(card) = &mut next.card {
            card.stage = stage;
        }
        next
    }

    fn without_secret(mut self) -> Self {
        if let Some(card) = &mut self.card {
            card.client_secret = None;
        }
        self
    }

    /// True for the three ends that there are.
    pub fn is_ended(&self) -> bool {
        matches!(self.status, Status::Completed | Status::Failed | Status::Refunded)
    }
}

#[cfg(test)]
mod tests {
    use contracts::wallet::{Funding, Recipient};
    use proptest::prelude::*;
    use types::{CurrencyCode, DonationId, Money, UserId, Uuid};

    use super::*;
    use crate::domain::donation::Wish;

    fn donation() -> Donation {
        let user = |number| UserId::new(Uuid::from_u128(number));
        let wish = Wish {
            donor_id: user(1),
            recipient: Recipient::User(user(2)),
            money: Money::new(1_250, CurrencyCode::parse("EUR").unwrap()),
            funding: Funding::Card,
            message: None,
            card: Some(PaymentMethod::parse("pm_card_visa").unwrap()),
        };
        Donation::started(DonationId::new(Uuid::from_u128(3)), wish, "c".to_owned(), Timestamp::UNIX_EPOCH)
    }

    proptest! {
        #[test]
        fn whatever_is_tried_in_whatever_order_money_goes_one_way_only(steps in prop::collection::vec(0..7_u8, 0..30)) {
            let (mut donation, mut credited, mut back) = (donation(), false, false);
            for (at, step) in steps.into_iter().enumerate() {
                let now = Timestamp::from_second(i64::try_from(at).unwrap()).unwrap();
                let before = donation.clone();
                let next = match step {
                    0 => donation.charged(now),
                    1 => donation.credited(now),
                    2 => donation.arrived(now),
                    3 => donation.refunding(REFUND, "recipient_unavailable", now),
                    4 => donation.given_back("card", now),
                    5 => donation.not_charged(CHARGE, "declined", now),
                    _ => donation.waiting("not_authenticated", Some(ClientSecret::new("s")), now),
                };
                let Some(next) = next else { continue };
                prop_assert!(!before.is_ended() || step == 6, "what has ended does not change");
                if before.is_ended() { continue; }
                credited |= matches!(next.card.as_ref().unwrap().stage, Stage::Credited);
                back |= matches!(next.card.as_ref().unwrap().stage, Stage::Refunding { .. });
                prop_assert!(!(credited && back));
                prop_assert_eq!(next.status == Status::Completed, credited && step == 2);
                prop_assert!(next.status != Status::Refunded || back);
                if next.is_ended() {
                    prop_assert_eq!(&next.card.as_ref().unwrap().client_secret, &None);
                }
                donation = next;
            }
        }
    }

    #[test]
    fn waiting_is_noted_once() {
        let now = Timestamp::UNIX_EPOCH;
        let secret = || Some(ClientSecret::new("s"));
        let waiting = donation().waiting("requires_action", secret(), now).unwrap();
        assert_eq!(waiting.waiting("requires_action", secret(), now), None);
        assert!(waiting.waiting("processing", None, now).is_some());
        assert_eq!(waiting.charged(now).unwrap().card.unwrap().client_secret, None);
    }

    #[test]
    fn a_donation_is_given_up_before_it_is_abandoned() {
        let start = Timestamp::UNIX_EPOCH;
        assert!(!donation().is_given_up(start) && !donation().is_abandoned(start));
        assert!(donation().is_given_up(start + GIVE_UP) && !donation().is_abandoned(start + GIVE_UP));
        assert!(donation().is_abandoned(start + ABANDONED));
        let touched = donation().charged(start + GIVE_UP).unwrap();
        assert!(!touched.is_abandoned(start + ABANDONED));
    }
}
