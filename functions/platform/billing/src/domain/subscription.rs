//! Subscriptions, and what they entitle to: one pure function of a subscription and a time.
//!
//! A subscription is managed or mirrored for its whole life. We own periods, invoices and dunning of a managed one. A store
//! owns all that of a mirrored one, of which we hold a snapshot.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{SubscriptionId, UserId};

use super::codes::PlanCode;
use super::managed::Managed;
use super::mirror::{Mirror, Store};

/// How long a subscription is kept after the end of what was paid while its renewal, or the store's word of it, is awaited.
pub const RENEWAL_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// ID.
    pub id: SubscriptionId,
    /// Who has it.
    pub user: UserId,
    /// When it was created.
    pub started_at: Timestamp,
    /// Who owns its periods.
    pub mode: Mode,
}

/// Who owns the periods and payments of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mode {
    /// We do.
    Managed(Box<Managed>),
    /// A store does.
    Mirrored(Box<Mirror>),
}

/// State of a subscription at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubscriptionStatus)]
pub enum Status {
    /// The first payment is awaited.
    Incomplete,
    /// In its trial.
    Trialing,
    /// Paid.
    Active,
    /// Not paid, and kept for a while: a renewal is awaited or failed.
    PastDue,
    /// Not paid, and no longer kept. A payment restores it.
    Suspended,
    /// Paused at the store.
    Paused,
    /// Over for good.
    Ended,
}

impl Status {
    /// True if the plan may be used.
    pub fn is_entitled(self) -> bool {
        match self {
            Self::Trialing | Self::Active | Self::PastDue => true,
            Self::Incomplete | Self::Suspended | Self::Paused | Self::Ended => false,
        }
    }
}

/// A state and the instant at which it changes without any further event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// State.
    pub status: Status,
    /// When it changes. None: not by itself.
    pub until: Option<Timestamp>,
}

/// What a user may use at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// Plan. None: the plan of users without a subscription.
    pub plan: Option<PlanCode>,
    /// When this must be evaluated again without any further event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: Reason,
}

/// Why a user is on a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// There is no subscription.
    NoSubscription,
    /// The state of the subscription.
    Subscription {
        /// State.
        status: Status,
    },
    /// An admin granted the plan.
    Granted,
}

/// A plan that an admin granted for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Plan.
    pub plan: PlanCode,
    /// First instant after it.
    pub until: Timestamp,
}

impl Subscription {
    /// The state at an instant.
    pub fn state(&self, now: Timestamp) -> State {
        match &self.mode {
            Mode::Managed(managed) => managed.state(self.started_at, now),
            Mode::Mirrored(mirror) => mirror.state(now),
        }
    }

    /// The state at an instant, without its end.
    pub fn status(&self, now: Timestamp) -> Status {
        self.state(now).status
    }

    /// The store that owns it, if one does.
    pub fn store(&self) -> Option<Store> {
        match &self.mode {
            Mode::Managed(_) => None,
            Mode::Mirrored(mirror) => Some(mirror.store),
        }
    }

    /// What it entitles to at an instant.
    pub fn entitlement(&self, now: Timestamp) -> Entitlement {
        let State { status, until } = self.state(now);
        let plan = match &self.mode {
            Mode::Managed(managed) => Some(managed.plan_at(now)),
            Mode::Mirrored(mirror) => mirror.plan(),
        };
        let plan = plan.filter(|_| status.is_entitled()).cloned();
        Entitlement { plan, until, reason: Reason::Subscription { status } }
    }
}

/// What a user may use at an instant: what an admin granted, else the plan of the subscription that is in force.
///
/// There is at most one such subscription. Should stores have sold more, the one that lasts longest counts.
pub fn entitlement(subscriptions: &[Subscription], grant: Option<&Grant>, now: Timestamp) -> Entitlement {
    if let Some(grant) = grant.filter(|grant| now < grant.until) {
        return Entitlement { plan: Some(grant.plan.clone()), until: Some(grant.until), reason: Reason::Granted };
    }
    let all = subscriptions.iter().map(|subscription| subscription.entitlement(now));
    let none = Entitlement { plan: None, until: None, reason: Reason::NoSubscription };
    let best = all.max_by_key(|one| (one.plan.is_some(), one.until.unwrap_or(Timestamp::MIN)));
    best.unwrap_or(none)
}

#[cfg(test)]
#[path = "subscription_tests.rs"]
mod tests;
