//! What a user may keep, and what they use of it.
//!
//! Room is reserved when an upload is asked for, for as many bytes as were asked for, and freed once: with the change that
//! ends the picture, in the same transaction.

use contracts::billing::{EntitlementChanged, KnownEntitlement};
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
    /// The plan of the account, if it was ever told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Since when it is the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_since: Option<Timestamp>,
    /// What billing says of the plan, from now on. It counts above the plan of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<KnownEntitlement>,
    /// Pictures that are kept or under way.
    pub items: u64,
    /// The bytes that were asked for with them.
    pub bytes: u64,
}

impl Account {
    /// The account of a user who has nothing yet.
    pub fn new(user_id: UserId) -> Self {
        Self { user_id, plan: None, plan_since: None, entitlement: None, items: 0, bytes: 0 }
    }

    /// What the plan that counts at an instant allows. Accounts whose plan never changed are on the plan of new accounts, if
    /// that is known.
    pub fn quota(&self, default_plan: Option<&str>, now: Timestamp) -> Quota {
        let from_billing = self.entitlement.as_ref().and_then(|known| known.plan_at(now));
        Quota::of(from_billing.or(self.plan.as_deref()).or(default_plan))
    }

    /// The account with room reserved for one more picture.
    pub fn reserve(&self, bytes: u64, default_plan: Option<&str>, now: Timestamp) -> Result<Self, QuotaExceeded> {
        let quota = self.quota(default_plan, now);
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

    /// The account with what billing says of the plan, unless what is known is as new.
    pub fn entitled(&self, event: &EntitlementChanged) -> Option<Self> {
        let entitlement = KnownEntitlement::after(self.entitlement.as_ref(), event)?;
        Some(Self { entitlement: Some(entitlement), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use contracts::billing::{EntitlementSource, EntitlementStep};
    use proptest::prelude::*;

    use super::*;

    fn account() -> Account {
        Account::new(UserId::new(types::Uuid::from_u128(1)))
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_plan_from_billing_counts_above_that_of_the_account_until_its_end() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let step =
            EntitlementStep { plan: Some("premium".to_owned()), source: EntitlementSource::Grant, until: Some(at(10)) };
        let event = |revision, steps| EntitlementChanged { user_id: account().user_id, revision, steps };
        let account = account().on_plan("family", at(0)).unwrap().entitled(&event(2, vec![step])).unwrap();
        assert_eq!(
            (account.quota(None, at(9)), account.quota(None, at(10))),
            (Quota::of(Some("premium")), Quota::of(Some("family")))
        );
        assert_eq!(account.entitled(&event(2, vec![])), None, "as new");
        assert_eq!(account.entitled(&event(1, vec![])), None, "older");
        assert_eq!(account.on_plan("free", at(1)).unwrap().quota(None, at(9)), Quota::of(Some("premium")));
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
            account = account.reserve(1, None, NOW).unwrap();
        }
        let account = account.on_plan("free", now + std::time::Duration::from_secs(1)).unwrap();
        assert_eq!(account.items, 150);
        assert_eq!(account.reserve(1, None, NOW), Err(QuotaExceeded(SMALLEST)));
        assert_eq!(account.reserve(1, Some("family"), NOW), Err(QuotaExceeded(SMALLEST)), "its own plan is known");
    }

    #[test]
    fn a_user_whose_plan_never_changed_has_the_quota_of_the_plan_of_new_accounts() {
        assert_eq!(account().quota(Some("family"), NOW), Quota::of(Some("family")));
        assert!(account().reserve(SMALLEST.bytes + 1, Some("family"), NOW).is_ok());
        assert!(account().reserve(SMALLEST.bytes + 1, None, NOW).is_err());
    }

    proptest! {
        #[test]
        fn what_is_used_is_what_is_held_and_never_over_the_quota(
            sizes in prop::collection::vec(1..=30 * MIB, 0..300),
            ends in prop::collection::vec(any::<prop::sample::Index>(), 0..300),
        ) {
            let (mut account, mut held) = (account(), Vec::new());
            for (at, size) in sizes.iter().enumerate() {
                match account.reserve(*size, None, NOW) {
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
