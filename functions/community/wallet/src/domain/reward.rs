//! Rewards of care events and badges. Each is credited once, however often its event is delivered.

use contracts::badges::{BadgeEarned, RewardGranted};
use contracts::events::EventReported;
use jiff::Timestamp;
use types::{BadgeId, Money, TransferId, UserId, Uuid, derive_id};

use super::account::{Account, System};
use super::ledger::{Heading, Kind, Transfer, Unbalanced};

/// Something that was earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    /// Who earned it.
    pub user_id: UserId,
    /// What they get.
    pub money: Money,
    /// The care event or the badge that it is for.
    pub reference: Uuid,
    /// The transfer that credits it: derived from what earned it, so that it can happen once only.
    pub transfer_id: TransferId,
}

impl Reward {
    /// What a care event earns.
    pub fn of_event(event: EventReported) -> Option<Self> {
        let reference = event.event_id.uuid();
        let transfer_id = TransferId::new(derive_id(&["wallet", "reward", "event", &reference.to_string()]));
        Some(Self { user_id: event.user_id, money: event.reward?, reference, transfer_id })
    }

    /// Returns the reward of a tier that was earned with it.
    pub fn of_badge(badge: BadgeEarned) -> Option<Self> {
        Some(Self::of_tier(badge.badge_id, badge.tier, badge.user_id, badge.reward?))
    }

    /// Returns the reward of a tier that was withheld at first.
    pub fn granted(granted: RewardGranted) -> Self {
        Self::of_tier(granted.badge_id, granted.tier, granted.user_id, granted.reward)
    }

    /// A user gets the reward of a tier once, whichever event brings it.
    fn of_tier(badge: BadgeId, tier: u32, user_id: UserId, money: Money) -> Self {
        let reference = badge.uuid();
        let parts = [reference.to_string(), tier.to_string(), user_id.to_string()];
        let transfer_id = derive_id(&["wallet", "reward", "badge", &parts[0], &parts[1], &parts[2]]);
        Self { user_id, money, reference, transfer_id: TransferId::new(transfer_id) }
    }

    /// Its money on the way.
    pub fn transfer(&self, now: Timestamp) -> Result<Transfer, Unbalanced> {
        let (id, reference) = (self.transfer_id, Some(self.reference));
        let heading = Heading { id, kind: Kind::Reward, at: now, reference, message: None };
        Transfer::between(heading, Account::System(System::Issuance), Account::user(self.user_id), self.money.clone())
    }
}

#[cfg(test)]
mod tests {
    use types::CurrencyCode;

    use super::*;

    fn badge(user: u128, tier: u32) -> Reward {
        let reward = Some(Money::new(5, CurrencyCode::parse("POINTS").unwrap()));
        let (badge_id, user_id) = (BadgeId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(user)));
        let (name, tier_name) = ("Feeder".to_owned(), "gold".to_owned());
        Reward::of_badge(BadgeEarned { badge_id, user_id, name, tier, tier_name, reward }).unwrap()
    }

    #[test]
    fn a_reward_that_was_withheld_is_the_one_of_its_tier() {
        let reward = badge(1, 2);
        let (badge_id, user_id) = (BadgeId::new(reward.reference), reward.user_id);
        let granted = RewardGranted { badge_id, user_id, tier: 2, reward: reward.money.clone() };
        assert_eq!(Reward::granted(granted), reward);
    }

    #[test]
    fn each_tier_of_each_person_is_rewarded_once() {
        assert_eq!(badge(1, 1), badge(1, 1));
        assert_ne!(badge(1, 1).transfer_id, badge(1, 2).transfer_id);
        assert_ne!(badge(1, 1).transfer_id, badge(2, 1).transfer_id);
        let transfer = badge(1, 1).transfer(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(transfer.postings()[0].account, Account::System(System::Issuance));
    }
}
