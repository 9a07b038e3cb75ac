//! What a plan allows: how many aquariums a user may own, and how long samples are kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::UserId;

/// The number of aquariums on every plan that is not listed below.
const SMALLEST: u32 = 2;

/// The plans with more.
const LARGER: [(&str, u32); 3] = [("plus", 20), ("premium", 20), ("family", 20)];

/// For how many days samples are kept on every plan that is not listed above. Their statistics stay.
pub const RAW_DAYS: u16 = 30;

/// For how many days samples are kept on the plans that are listed above: a year, and the weeks until it is compared.
pub const LARGER_RAW_DAYS: u16 = 400;

/// Returns how many aquariums a plan allows. An unknown plan allows the least.
pub fn allowed(plan: Option<&str>) -> u32 {
    LARGER.iter().find(|(name, _)| Some(*name) == plan).map_or(SMALLEST, |(_, allowed)| *allowed)
}

/// Returns for how many days a plan keeps samples. An unknown plan keeps them for the shortest time.
pub fn raw_days(plan: Option<&str>) -> u16 {
    if LARGER.iter().any(|(name, _)| Some(*name) == plan) { LARGER_RAW_DAYS } else { RAW_DAYS }
}

/// A user's plan, and the number of aquariums that the user owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// The user.
    pub user_id: UserId,
    /// The plan, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Since when the user has the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_since: Option<Timestamp>,
    /// Number of owned aquariums. Transactions count it, so it is exact.
    #[serde(default)]
    pub aquariums: u32,
}

impl Quota {
    /// The quota of a user without aquariums.
    pub const fn new(user_id: UserId) -> Self {
        Self { user_id, plan: None, plan_since: None, aquariums: 0 }
    }

    /// Returns how many aquariums the user may own.
    pub fn allowed(&self) -> u32 {
        allowed(self.plan.as_deref())
    }

    /// Returns for how many days samples of the user's aquariums are kept.
    pub fn raw_days(&self) -> u16 {
        raw_days(self.plan.as_deref())
    }

    /// The quota on another plan; none if the known plan is as new. Events arrive late and in any order.
    pub fn on_plan(&self, plan: &str, since: Timestamp) -> Option<Self> {
        let is_newer = self.plan_since.is_none_or(|known| known < since);
        is_newer.then(|| Self { plan: Some(plan.to_owned()), plan_since: Some(since), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    #[test]
    fn an_unknown_plan_allows_the_least() {
        assert_eq!((allowed(None), allowed(Some("free")), allowed(Some("plus"))), (2, 2, 20));
        assert_eq!((raw_days(None), raw_days(Some("free")), raw_days(Some("family"))), (30, 30, 400));
    }

    proptest! {
        #[test]
        fn the_latest_plan_stands_in_any_order(order in Just((0..8_i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut quota = Quota { aquariums: 3, ..Quota::new(UserId::new(Uuid::from_u128(1))) };
            for at in order {
                let since = Timestamp::from_second(at).unwrap();
                quota = quota.on_plan(&format!("plan-{at}"), since).unwrap_or(quota);
            }
            prop_assert_eq!((quota.plan.as_deref(), quota.aquariums), (Some("plan-7"), 3));
        }
    }
}
