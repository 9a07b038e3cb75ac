//! What a user may keep, and what they use of it.
//!
//! Room is reserved when an upload is asked for, for as many bytes as were asked for, and freed once: with the change that
//! ends the picture, in the same transaction.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::UserId;

const MIB: u64 = 1024 * 1024;

/// What a plan lets its users keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Pictures.
    pub items: u64,
    /// Bytes of the files that were uploaded. What is made of them is not counted.
    pub bytes: u64,
}

/// What everybody has, on whatever plan.
const SMALLEST: Quota = Quota { items: 100, bytes: 200 * MIB };

/// The plans that have more.
const LARGER: [(&str, Quota); 2] =
    [("premium", Quota { items: 2_000, bytes: 4_096 * MIB }), ("family", Quota { items: 5_000, bytes: 10_240 * MIB })];

impl Quota {
    /// What a plan allows. One that is not known here allows the least.
    pub fn of(plan: Option<&str>) -> Self {
        LARGER.iter().find(|(name, _)| Some(*name) == plan).map_or(SMALLEST, |(_, quota)| *quota)
    }
}

/// There is no room left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaExceeded(pub Quota);

/// A user's plan, and what they use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose it is.
    pub user_id: UserId,
    /// The plan, if it was ever told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Since when it is the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_since: Option<Timestamp>,
    /// Pictures that are kept or under way.
    pub items: u64,
    /// The bytes that were asked for with them.
    pub bytes: u64,
}

impl Account {
    /// The account of a user who has nothing yet.
    pub fn new(user_id: UserId) -> Self {
        Self { user_id, plan: None, plan_since: None, items: 0, bytes: 0 }
    }

    /// What the plan allows. Accounts whose plan never changed are on the plan of new accounts, if that is known.
    pub fn quota(&self, default_plan: Option<&str>) -> Quota {
        Quota::of(self.plan.as_deref().or(default_plan))
    }

    /// The account with room reserved for one more picture.
    pub fn reserve(&self, bytes: u64, default_plan: Option<&str>) -> Result<Self, QuotaExceeded> {
        let quota = self.quota(default_plan);
        let (items, bytes) = (self.items + 1, self.bytes.saturating_add(bytes));
        if items > quota.items || bytes > quota.bytes {
            return Err(QuotaExceeded(quota));
        }
        Ok(Self { items, bytes, ..self.clone() })
    }

    /// The account with the room of one picture free again.
    #[must_use]
    pub fn release(&self, bytes: u64) -> Self {
        Self { items: self.items.saturating_sub(1), bytes: self.bytes.saturating_sub(bytes), ..self.clone() }
    }

    /// The account on another plan, unless what is known is as new. Events come late and in any order.
    pub fn on_plan(&self, plan: &str, since: Timestamp) -> Option<Self> {
        let is_newer = self.plan_since.is_none_or(|known| known < since);
        is_newer.then(|| Self { plan: Some(plan.to_owned()), plan_since: Some(since), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account() -> Account {
        Account::new(UserId::new(types::Uuid::from_u128(1)))
    }

    #[test]
    fn a_plan_that_is_not_known_has_the_smallest_quota() {
        assert_eq!(Quota::of(None), Quota::of(Some("free")));
        assert_eq!(Quota::of(Some("gold")), SMALLEST);
        assert!(LARGER.iter().all(|(_, quota)| quota.items > SMALLEST.items && quota.bytes > SMALLEST.bytes));
    }

    #[test]
    fn a_smaller_plan_takes_nothing_away_and_lets_nothing_more_in() {
        let now = Timestamp::from_second(100).unwrap();
        let mut account = account().on_plan("premium", now).unwrap();
        for _ in 0..150 {
            account = account.reserve(1, None).unwrap();
        }
        let account = account.on_plan("free", now + std::time::Duration::from_secs(1)).unwrap();
        assert_eq!(account.items, 150);
        assert_eq!(account.reserve(1, None), Err(QuotaExceeded(SMALLEST)));
        assert_eq!(account.reserve(1, Some("family")), Err(QuotaExceeded(SMALLEST)), "its own plan is known");
    }

    #[test]
    fn a_user_whose_plan_never_changed_has_the_quota_of_the_plan_of_new_accounts() {
        assert_eq!(account().quota(Some("family")), Quota::of(Some("family")));
        assert!(account().reserve(SMALLEST.bytes + 1, Some("family")).is_ok());
        assert!(account().reserve(SMALLEST.bytes + 1, None).is_err());
    }

    proptest! {
        #[test]
        fn what_is_used_is_what_is_held_and_never_over_the_quota(
            sizes in prop::collection::vec(1..=30 * MIB, 0..300),
            ends in prop::collection::vec(any::<prop::sample::Index>(), 0..300),
        ) {
            let (mut account, mut held) = (account(), Vec::new());
            for (at, size) in sizes.iter().enumerate() {
                match account.reserve(*size, None) {
                    Ok(next) => {
                        account = next;
                        held.push(*size);
                    }
                    Err(QuotaExceeded(quota)) => prop_assert!(
                        account.items + 1 > quota.items || account.bytes + size > quota.bytes
                    ),
                }
                if let Some(index) = ends.get(at).filter(|_| !held.is_empty() && at % 3 == 0) {
                    let size = held.swap_remove(index.index(held.len()));
                    account = account.release(size);
                }
                prop_assert_eq!((account.items, account.bytes), (held.len() as u64, held.iter().sum::<u64>()));
                prop_assert!(account.items <= SMALLEST.items && account.bytes <= SMALLEST.bytes);
            }
        }

        #[test]
        fn the_latest_plan_stands_in_whatever_order_they_come(order in Just((0..8_i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut account = account();
            for at in order {
                let since = Timestamp::from_second(at).unwrap();
                account = account.on_plan(&format!("plan-{at}"), since).unwrap_or(account);
            }
            prop_assert_eq!(account.plan.as_deref(), Some("plan-7"));
        }
    }
}
