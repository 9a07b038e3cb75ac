//! Mirrored subscriptions: what a store says, folded in the order of the store's own clock.
//!
//! What is folded is a snapshot of the store's state that was normalised by the adapter of the provider. The newest snapshot
//! counts, however often and in whatever order they arrive. A purchase that ended stays ended until another purchase, or the
//! store's word that it was reinstated.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::codes::PlanCode;
use super::managed::add;
use super::subscription::{RENEWAL_TOLERANCE, State, Status};

/// How often the store is asked about a subscription that waits for its word.
pub const FETCH_INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// The most ended purchases that are remembered; the oldest are forgotten.
const MAX_ENDED: usize = 50;

/// A store that owns subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubscriptionStore)]
pub enum Store {
    /// App Store.
    Apple,
    /// Google Play.
    Google,
    /// PayPal.
    PayPal,
}

/// State of a subscription as its store says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreState {
    /// The purchase is not paid yet.
    Pending,
    /// In force.
    Active,
    /// A renewal failed, and the store keeps it for a while.
    Grace,
    /// A renewal failed, and the store does not keep it.
    OnHold,
    /// Paused by the user.
    Paused,
    /// It will not renew, and is in force until its end.
    Cancelled,
    /// Over.
    Expired,
    /// Taken back, for example after a refund.
    Revoked,
}

impl StoreState {
    fn is_terminal(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked)
    }
}

/// Where a snapshot comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The content of a notification.
    Notification,
    /// The answer to a question, at this instant of our clock. Of two answers with one time of the store, the later counts.
    Fetched {
        /// When.
        at: Timestamp,
    },
}

/// What a store says of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Time by the store's clock: `signedDate`, `eventTimeMillis`, `create_time`.
    pub clock: Timestamp,
    /// Where it comes from.
    pub source: Source,
    /// The last purchase or renewal: a transaction or order of the store.
    pub purchase: String,
    /// Plan.
    pub plan: PlanCode,
    /// State.
    pub state: StoreState,
    /// End of what is paid.
    pub expires_at: Timestamp,
    /// End of the store's grace period. Stores have been seen to leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<Timestamp>,
    /// True if it renews.
    pub renews: bool,
    /// True in an introductory period that the store grants for free.
    pub is_trial: bool,
    /// The store took back that the purchase had ended.
    #[serde(default)]
    pub is_reinstated: bool,
}

/// A subscription as a store has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// Store.
    pub store: Store,
    /// The newest snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Snapshot>,
    /// Purchases that ended, with the latest time by the store's clock that said so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ended: BTreeMap<String, Timestamp>,
    /// Purchases that were reinstated, with the latest such time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    reinstated: BTreeMap<String, Timestamp>,
    /// The latest time at which two notifications said different things.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contested: Option<Timestamp>,
    /// Another purchase or subscription is in its place, whatever the store says of it: it entitles to nothing.
    #[serde(default)]
    pub is_replaced: bool,
    /// Another subscription stands beside it: it entitles to nothing until that one has ended.
    #[serde(default)]
    pub is_held: bool,
}

/// What a snapshot changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folded {
    /// It is the newest.
    Applied,
    /// A newer one is known, or this one.
    Older,
    /// Another one has the same time: ask the store.
    Tie,
}

impl Mirror {
    /// A subscription of which nothing is known yet.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            latest: None,
            ended: BTreeMap::new(),
            reinstated: BTreeMap::new(),
            contested: None,
            is_replaced: false,
            is_held: false,
        }
    }

    /// The subscription once a store has said something about it.
    pub fn fold(&self, snapshot: Snapshot) -> (Self, Folded) {
        let mut next = self.clone();
        if snapshot.state.is_terminal() {
            mark(&mut next.ended, &snapshot);
        }
        if snapshot.is_reinstated {
            mark(&mut next.reinstated, &snapshot);
        }
        let Some(known) = &self.latest else {
            next.latest = Some(snapshot);
            return (next, Folded::Applied);
        };
        if *known == snapshot {
            return (next, Folded::Older);
        }
        let is_tie = known.clock == snapshot.clock
            && known.source == Source::Notification
            && snapshot.source == Source::Notification;
        if is_tie {
            next.contested = next.contested.max(Some(snapshot.clock));
        }
        if rank(&snapshot) > rank(known) {
            next.latest = Some(snapshot);
            return (next, if is_tie { Folded::Tie } else { Folded::Applied });
        }
        (next, if is_tie { Folded::Tie } else { Folded::Older })
    }

    /// True if the store must be asked for its current state: two notifications disagree, a grace period has no end, or only
    /// a notification said that it ended. The latter may be about an earlier period than the current one.
    pub fn needs_fetch(&self) -> bool {
        self.latest.as_ref().is_some_and(|latest| {
            let is_told = latest.source == Source::Notification;
            let is_doubtful = self.contested == Some(latest.clock) || latest.state.is_terminal();
            (is_told && is_doubtful) || (latest.state == StoreState::Grace && latest.grace_until.is_none())
        })
    }

    /// When the store must be asked unless it says something before, since a notification may be lost. None: never.
    pub fn fetch_at(&self, started_at: Timestamp) -> Option<Timestamp> {
        let Some(latest) = &self.latest else { return Some(add(started_at, FETCH_INTERVAL)) };
        let heard = match latest.source {
            Source::Notification => latest.clock,
            Source::Fetched { at } => at,
        };
        if self.is_replaced {
            return None;
        }
        if self.needs_fetch() && latest.source == Source::Notification {
            return Some(heard);
        }
        let again = add(heard, FETCH_INTERVAL);
        let from = |end: Timestamp| if heard < end { end } else { again };
        match latest.state {
            StoreState::Active if latest.renews => Some(from(latest.expires_at)),
            StoreState::Active | StoreState::Cancelled => Some(latest.expires_at).filter(|end| heard < *end),
            StoreState::Grace => Some(from(latest.grace_until.unwrap_or(latest.expires_at))),
            StoreState::Pending | StoreState::OnHold | StoreState::Paused => Some(again),
            StoreState::Expired | StoreState::Revoked => None,
        }
    }

    /// The plan that was bought.
    pub fn plan(&self) -> Option<&PlanCode> {
        self.latest.as_ref().map(|latest| &latest.plan)
    }

    /// True if the purchase ended for good.
    fn is_over(&self, snapshot: &Snapshot) -> bool {
        let reinstated = self.reinstated.get(&snapshot.purchase);
        self.ended.get(&snapshot.purchase).is_some_and(|ended| reinstated.is_none_or(|again| again <= ended))
    }

    /// The state at an instant.
    pub(super) fn state(&self, now: Timestamp) -> State {
        let always = |status| State { status, until: None };
        let Some(latest) = &self.latest else { return always(Status::Incomplete) };
        if self.is_replaced || self.is_held || self.is_over(latest) {
            return always(Status::Ended);
        }
        let end = latest.expires_at;
        let before = |status, until, after| {
            if now < until { State { status, until: Some(until) } } else { always(after) }
        };
        match latest.state {
            StoreState::Pending => always(Status::Incomplete),
            StoreState::Active | StoreState::Cancelled if now < end => {
                before(if latest.is_trial { Status::Trialing } else { Status::Active }, end, Status::Ended)
            }
            // A period may end before the store's word of its renewal comes.
            StoreState::Active if latest.renews => {
                before(Status::PastDue, add(end, RENEWAL_TOLERANCE), Status::Suspended)
            }
            StoreState::Grace => before(Status::PastDue, latest.grace_until.unwrap_or(end), Status::Suspended),
            StoreState::OnHold => always(Status::Suspended),
            StoreState::Paused => always(Status::Paused),
            StoreState::Active | StoreState::Cancelled | StoreState::Expired | StoreState::Revoked => {
                always(Status::Ended)
            }
        }
    }
}

/// Remembers the latest time of a purchase.
fn mark(marks: &mut BTreeMap<String, Timestamp>, snapshot: &Snapshot) {
    let known = marks.entry(snapshot.purchase.clone()).or_insert(snapshot.clock);
    *known = (*known).max(snapshot.clock);
    if marks.len() > MAX_ENDED
        && let Some(oldest) = marks.iter().min_by_key(|(_, clock)| **clock).map(|(purchase, _)| purchase.clone())
    {
        marks.remove(&oldest);
    }
}

/// The order of snapshots: by the store's clock; at one time an answer counts more than a notification; two notifications of
/// one time have some order that does not depend on which came first.
fn rank(snapshot: &Snapshot) -> (Timestamp, Source, String) {
    let content = serde_json::to_string(snapshot).unwrap_or_default();
    (snapshot.clock, snapshot.source, content)
}

#[cfg(test)]
#[path = "mirror_tests.rs"]
mod tests;
