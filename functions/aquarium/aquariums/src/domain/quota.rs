//! What other contexts say of a user: the plan, which decides how many aquariums the user may own and how long samples are kept, and
//! whether the account is suspended.

use contracts::billing::{EntitlementChanged, KnownEntitlement};
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

/// For how many days samples are kept, by the time at which they are stored: a plan may end by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The days of each step, which ends before its instant.
    pub steps: Vec<(Timestamp, u16)>,
    /// The days after the last step.
    pub days: u16,
}

impl Retention {
    /// The same number of days at all times.
    pub const fn of(days: u16) -> Self {
        Self { steps: Vec::new(), days }
    }

    /// For how many days samples are kept that are stored at an instant.
    pub fn days_at(&self, now: Timestamp) -> u16 {
        let step = self.steps.iter().find(|(until, _)| now < *until);
        step.map_or(self.days, |(_, days)| *days)
    }

    /// The retention with a number of days until an instant, or at all times.
    fn after(self, days: u16, until: Option<Timestamp>) -> Self {
        let Some(until) = until else { return Self::of(days) };
        let next = self.steps.first().map_or(self.days, |(_, days)| *days);
        if next == days {
            return self;
        }
        Self { steps: std::iter::once((until, days)).chain(self.steps).collect(), ..self }
    }
}

/// Whether an account is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// True while it is.
    pub suspended: bool,
    /// Since when that is so.
    pub since: Timestamp,
}

/// A user's plan and standing, and the number of aquariums that the user owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// The user.
    pub user_id: UserId,
    /// The plan of the account, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Since when the user has the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_since: Option<Timestamp>,
    /// What billing says of the plan, from now on. It counts above the plan of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<KnownEntitlement>,
    /// Whether the account is suspended; none if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Number of owned aquariums. Transactions count it, so it is exact.
    #[serde(default)]
    pub aquariums: u32,
}

impl Quota {
    /// The quota of a user without aquariums.
    pub const fn new(user_id: UserId) -> Self {
        Self { user_id, plan: None, plan_since: None, entitlement: None, standing: None, aquariums: 0 }
    }

    /// Returns how many aquariums the user may own at an instant.
    pub fn allowed(&self, now: Timestamp) -> u32 {
        let from_billing = self.entitlement.as_ref().and_then(|known| known.plan_at(now));
        allowed(from_billing.or(self.plan.as_deref()))
    }

    /// Returns for how many days samples of the user's aquariums are kept, by the time at which they are stored.
    pub fn retention(&self) -> Retention {
        let mut retention = Retention::of(raw_days(self.plan.as_deref()));
        let steps = self.entitlement.as_ref().map_or(&[][..], |known| known.steps.as_slice());
        // From the last step to the first, so that a step is compared with what comes after it.
        for step in steps.iter().rev() {
            retention = retention.after(raw_days(step.plan.as_deref().or(self.plan.as_deref())), step.until);
        }
        retention
    }

    /// The quota on another plan; none if the known plan is as new. Events arrive late and in any order.
    pub fn on_plan(&self, plan: &str, since: Timestamp) -> Option<Self> {
        let is_newer = self.plan_since.is_none_or(|known| known < since);
        is_newer.then(|| Self { plan: Some(plan.to_owned()), plan_since: Some(since), ..self.clone() })
    }

    /// True if the account is suspended.
    pub fn is_suspended(&self) -> bool {
        self.standing.is_some_and(|standing| standing.suspended)
    }

    /// The quota with another standing; none if what is known is as new. Events arrive late and in any order.
    pub fn with_standing(&self, standing: Standing) -> Option<Self> {
        let is_newer = self.standing.is_none_or(|known| known.since < standing.since);
        is_newer.then(|| Self { standing: Some(standing), ..self.clone() })
    }

    /// The quota with what billing says of the plan; none if what is known is as new.
    pub fn entitled(&self, event: &EntitlementChanged) -> Option<Self> {
        let entitlement = KnownEntitlement::after(self.entitlement.as_ref(), event)?;
        Some(Self { entitlement: Some(entitlement), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use contracts::billing::{EntitlementSource, EntitlementStep};
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    #[test]
    fn an_unknown_plan_allows_the_least() {
        assert_eq!((allowed(None), allowed(Some("free")), allowed(Some("plus"))), (2, 2, 20));
        assert_eq!((raw_days(None), raw_days(Some("free")), raw_days(Some("family"))), (30, 30, 400));
    }

    #[test]
    fn a_plan_from_billing_counts_above_that_of_the_account_until_its_end() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let step = |plan: Option<&str>, until: Option<i64>| EntitlementStep {
            plan: plan.map(str::to_owned),
            source: EntitlementSource::Grant,
            until: until.map(at),
        };
        let new = Quota::new(UserId::new(Uuid::from_u128(1)));
        let event = |revision, steps| EntitlementChanged { user_id: new.user_id, revision, steps };
        let steps = vec![step(Some("family"), Some(10)), step(Some("plus"), Some(20)), step(None, None)];
        let quota = new.entitled(&event(2, steps)).unwrap();
        assert_eq!([9, 10, 19, 20].map(|seconds| quota.allowed(at(seconds))), [20, 20, 20, 2]);
        assert_eq!([9, 10, 19, 20].map(|seconds| quota.retention().days_at(at(seconds))), [400, 400, 400, 30]);
        assert_eq!(quota.retention().steps.len(), 1, "steps with the same days are one");
        assert_eq!(quota.entitled(&event(2, vec![])), None, "as new");
        assert_eq!(quota.entitled(&event(1, vec![])), None, "older");
        let lower =
            new.on_plan("family", at(0)).unwrap().entitled(&event(1, vec![step(Some("free"), Some(10))])).unwrap();
        assert_eq!([9, 10].map(|seconds| lower.retention().days_at(at(seconds))), [30, 400]);
        assert_eq!(new.retention(), Retention::of(RAW_DAYS));
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

        #[test]
        fn the_latest_standing_counts_in_any_order(order in Just((0..8_i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut quota = Quota::new(UserId::new(Uuid::from_u128(1)));
            prop_assert!(!quota.is_suspended());
            for at in order {
                let standing = Standing { suspended: at % 2 == 1, since: Timestamp::from_second(at).unwrap() };
                quota = quota.with_standing(standing).unwrap_or(quota);
                prop_assert_eq!(quota.with_standing(standing), None);
            }
            prop_assert!(quota.is_suspended());
        }
    }
}
