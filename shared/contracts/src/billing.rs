//! Events of billing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::UserId;
use utoipa::ToSchema;

/// What a user may use changed, now or from a later time on.
///
/// `steps` says it for all times from `occurredAt` on, so nothing is published at the end of a step. Keep the steps with the
/// highest `revision`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntitlementChanged {
    /// User ID.
    pub user_id: UserId,
    /// Number of the change. It grows with each event of the user.
    pub revision: u64,
    /// Plans from now on, each from the end of the step before it. At least one. After the last one the user has no plan.
    pub steps: Vec<EntitlementStep>,
}

event!(EntitlementChanged, "billing.entitlement_changed", version = 1, subject = user_id);

/// A plan for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntitlementStep {
    /// Code of the plan. Absent for none: the user has the plan of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Where the plan comes from.
    pub source: EntitlementSource,
    /// First instant after it. Absent for a step without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Where a plan comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntitlementSource {
    /// There is no plan from billing.
    None,
    /// An admin granted it.
    Grant,
    /// A subscription.
    Subscription,
}

/// A consumer's copy of what a user may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownEntitlement {
    /// Number of the change that it is from.
    pub revision: u64,
    /// Plans, each from the end of the step before it.
    pub steps: Vec<EntitlementStep>,
}

impl KnownEntitlement {
    /// The copy after an event; none if the event is not newer than what is known. Events arrive late and in any order.
    pub fn after(known: Option<&Self>, event: &EntitlementChanged) -> Option<Self> {
        let is_newer = known.is_none_or(|known| known.revision < event.revision);
        is_newer.then(|| Self { revision: event.revision, steps: event.steps.clone() })
    }

    /// The step at an instant; none after the last one.
    pub fn at(&self, now: Timestamp) -> Option<&EntitlementStep> {
        self.steps.iter().find(|step| step.until.is_none_or(|until| now < until))
    }

    /// The plan from billing at an instant.
    pub fn plan_at(&self, now: Timestamp) -> Option<&str> {
        self.at(now).and_then(|step| step.plan.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn step(plan: Option<&str>, until: Option<i64>) -> EntitlementStep {
        let source = if plan.is_some() { EntitlementSource::Grant } else { EntitlementSource::None };
        EntitlementStep { plan: plan.map(str::to_owned), source, until: until.map(at) }
    }

    fn event(revision: u64, steps: Vec<EntitlementStep>) -> EntitlementChanged {
        EntitlementChanged { user_id: UserId::new(uuid::Uuid::from_u128(1)), revision, steps }
    }

    #[test]
    fn a_plan_ends_on_time_without_another_event() {
        let steps = vec![step(Some("family"), Some(10)), step(Some("premium"), Some(20)), step(None, None)];
        let known = KnownEntitlement::after(None, &event(1, steps)).unwrap();
        let plans = [0, 9, 10, 19, 20, 1_000].map(|seconds| known.plan_at(at(seconds)));
        assert_eq!(plans, [Some("family"), Some("family"), Some("premium"), Some("premium"), None, None]);
        let short = KnownEntitlement::after(None, &event(1, vec![step(Some("family"), Some(10))])).unwrap();
        assert_eq!((short.plan_at(at(9)), short.plan_at(at(10))), (Some("family"), None));
    }

    #[test]
    fn the_highest_revision_stands_in_any_order_and_number() {
        let events: Vec<_> =
            (1..=4).map(|number| event(number, vec![step(Some(&format!("p{number}")), None)])).collect();
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 3], [3, 3, 1, 2], [1, 0, 3, 2]] {
            let mut known: Option<KnownEntitlement> = None;
            for at in order {
                known = KnownEntitlement::after(known.as_ref(), &events[at]).or(known);
            }
            assert_eq!(known.unwrap().plan_at(at(0)), Some("p4"), "{order:?}");
        }
    }
}
