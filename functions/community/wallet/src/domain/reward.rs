//! What people get for what they did: once, however often they are told of it.

use contracts::badges::BadgeEarned;
use contracts::events::EventReported;
use jiff::Timestamp;
use types::{Money, TransferId, UserId, Uuid, derive_id};

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

    /// What a tier of a badge earns; one person earns it once.
    pub fn of_badge(badge: BadgeEarned) -> Option<Self> {
        let (reference, user) = (badge.badge_id.uuid(), badge.user_id);
        let (id, tier) = (reference.to_string(), badge.tier.to_string());
        let transfer_id = derive_id(&["wallet", "reward", "badge", &id, &tier, &user.to_string()]);
        Some(Self { user_id: user, money: badge.reward?, reference, transfer_id: TransferId::new(transfer_id) })
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
    use types::{BadgeId, CurrencyCode};

    use super::*;

    fn badge(user: u128, tier: u32) -> Reward {
        let reward = Some(Money::new(5, CurrencyCode::parse("POINTS").unwrap()));
        let (badge_id, user_id) = (BadgeId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(user)));
        let (name, tier_name) = ("Feeder".to_owned(), "gold".to_owned());
        Reward::of_badge(BadgeEarned { badge_id, user_id, name, tier, tier_name, reward }).unwrap()
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
