//! What a user holds: a granted plan and subscriptions, and what follows from them for all times from now on.

use contracts::billing::{EntitlementChanged, EntitlementSource, EntitlementStep};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::UserId;

use super::catalogue::Catalogue;
use super::subscription::{Entitlement, Grant, Reason, Subscription, entitlement};

/// The longest time for which a plan is granted, in days: five years.
pub const MAX_GRANT_DAYS: i64 = 1_830;
/// The most changes by themselves that are looked ahead for. A user without a later change has no plan after them.
const MAX_EVALUATIONS: usize = 16;

/// All that decides what a user may use. It is one item, so each change and its event are decided with all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// The user.
    pub user_id: UserId,
    /// The plan that an admin granted last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    granted: Option<Granted>,
    /// Subscriptions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subscriptions: Vec<Subscription>,
    /// Number of events so far.
    revision: u64,
}

/// A grant, and when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Plan and end.
    pub grant: Grant,
    /// When an admin granted it.
    pub at: Timestamp,
}

/// Why a plan is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The plan does not exist, or is retired.
    #[error("the plan does not exist or is retired: list plans with GET /v1/billing/catalogue")]
    NoSuchPlan,
    /// It would be over already.
    #[error("must be in the future")]
    Past,
    /// It would last too long.
    #[error("must be at most {MAX_GRANT_DAYS} days from now")]
    TooLong,
}

impl Grant {
    /// Checks a new grant.
    pub fn check(&self, catalogue: &Catalogue, now: Timestamp) -> Vec<GrantError> {
        let errors = [
            (!catalogue.is_offered(&self.plan)).then_some(GrantError::NoSuchPlan),
            (self.until <= now).then_some(GrantError::Past),
            (self.until.duration_since(now) > SignedDuration::from_hours(24 * MAX_GRANT_DAYS))
                .then_some(GrantError::TooLong),
        ];
        errors.into_iter().flatten().collect()
    }
}

impl Holdings {
    /// What a user holds who holds nothing.
    pub const fn new(user_id: UserId) -> Self {
        Self { user_id, granted: None, subscriptions: Vec::new(), revision: 0 }
    }

    /// What a user holds with these subscriptions.
    #[must_use]
    pub fn with_subscriptions(self, subscriptions: Vec<Subscription>) -> Self {
        Self { subscriptions, ..self }
    }

    /// The grant that is in force.
    pub fn granted(&self, now: Timestamp) -> Option<&Granted> {
        self.granted.as_ref().filter(|granted| now < granted.grant.until)
    }

    /// Subscriptions, also those that ended.
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// What the user may use at an instant.
    pub fn entitlement(&self, now: Timestamp) -> Entitlement {
        entitlement(&self.subscriptions, self.granted.as_ref().map(|granted| &granted.grant), now)
    }

    /// What the user may use from an instant on. Neighbours differ in plan or source.
    pub fn steps(&self, now: Timestamp) -> Vec<EntitlementStep> {
        let (mut steps, mut at) = (Vec::<EntitlementStep>::new(), now);
        for _ in 0..MAX_EVALUATIONS {
            let current = self.entitlement(at);
            // An end that has passed entitles to nothing more.
            if current.until.is_some_and(|until| until <= at) {
                break;
            }
            let step = step(&current);
            match steps.last_mut().filter(|last| (&last.plan, last.source) == (&step.plan, step.source)) {
                Some(last) => last.until = step.until,
                None => steps.push(step),
            }
            let Some(until) = current.until else { break };
            at = until;
        }
        steps
    }

    /// The holdings with another grant, and the event; none if it is the grant in force.
    pub fn with_grant(&self, grant: Grant, now: Timestamp) -> Option<(Self, EntitlementChanged)> {
        if self.granted(now).is_some_and(|granted| granted.grant == grant) {
            return None;
        }
        Some(self.changed(Some(Granted { grant, at: now }), now))
    }

    /// The holdings without a grant, and the event; none if there is no grant in force.
    pub fn without_grant(&self, now: Timestamp) -> Option<(Self, EntitlementChanged)> {
        self.granted(now).map(|_| self.changed(None, now))
    }

    /// The holdings without a grant that was made before a moment, and the event; none if there is none.
    pub fn without_grant_before(&self, before: Timestamp, now: Timestamp) -> Option<(Self, EntitlementChanged)> {
        self.granted.as_ref().filter(|granted| granted.at < before).map(|_| self.changed(None, now))
    }

    fn changed(&self, granted: Option<Granted>, now: Timestamp) -> (Self, EntitlementChanged) {
        let next = Self { granted, revision: self.revision + 1, ..self.clone() };
        let fact = EntitlementChanged { user_id: self.user_id, revision: next.revision, steps: next.steps(now) };
        (next, fact)
    }
}

fn step(entitlement: &Entitlement) -> EntitlementStep {
    let source = match (&entitlement.plan, entitlement.reason) {
        (None, _) | (_, Reason::NoSubscription) => EntitlementSource::None,
        (Some(_), Reason::Granted) => EntitlementSource::Grant,
        (Some(_), Reason::Subscription { .. }) => EntitlementSource::Subscription,
    };
    let plan = entitlement.plan.as_ref().map(ToString::to_string);
    EntitlementStep { plan, source, until: entitlement.until }
}

#[cfg(test)]
#[path = "holdings_tests.rs"]
mod tests;
