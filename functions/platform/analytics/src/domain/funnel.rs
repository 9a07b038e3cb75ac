//! Funnels: how many people, or orders, get from one step to the next. Funnels are declared as data.
//!
//! Every person or order has a row with the earliest time of each step ([`Passage`]). A step is reached if it and all steps before it have
//! occurred, in whatever order their events arrived, and within the funnel's window after the first step. It counts on the day (UTC) of
//! the first step, so the numbers of a day are those who began on it. All of it is a pure function of the set of events: earliest times
//! commute, so late, repeated and reordered events give the same numbers.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::tally::Slot;

/// The most steps of a funnel. Each is a number of the items that count days.
pub const MAX_STEPS: usize = 8;

/// A funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funnel {
    /// Name, as in the path of the API.
    pub name: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// What is counted: people or orders.
    pub counts: Counted,
    /// Days after the first step within which the others count. Another number needs another name: stored rows were counted with this one.
    pub window_days: u16,
    /// The steps, in their order.
    pub steps: &'static [FunnelStep],
}

/// What a funnel counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// People: a step counts once per user.
    Users,
    /// Orders.
    Orders,
}

/// A step of a funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunnelStep {
    /// Name.
    pub name: &'static str,
    /// `detail-type` of the event that is the step.
    pub event: &'static str,
    /// JSON pointer to the user, or the order, in the event's payload.
    pub subject: &'static str,
}

const fn by_user(name: &'static str, event: &'static str, user: &'static str) -> FunnelStep {
    FunnelStep { name, event, subject: user }
}

const fn by_order(name: &'static str, event: &'static str) -> FunnelStep {
    FunnelStep { name, event, subject: "/order/orderId" }
}

/// All funnels.
pub const FUNNELS: &[Funnel] = &[
    // Accounts that were registered through Telegram have no address to verify: they count as registered only.
    Funnel {
        name: "first_order",
        title: "From sign-up to the first order",
        counts: Counted::Users,
        window_days: 30,
        steps: &[
            by_user("registered", "identity.user_registered.v1", "/userId"),
            by_user("verified", "identity.email_verified.v1", "/userId"),
            by_user("ordered", "orders.order_placed.v1", "/order/userId"),
        ],
    },
    Funnel {
        name: "fulfilment",
        title: "From the placed to the delivered order",
        counts: Counted::Orders,
        window_days: 60,
        steps: &[
            by_order("placed", "orders.order_placed.v1"),
            by_order("confirmed", "orders.order_confirmed.v1"),
            by_order("shipped", "orders.shipment_shipped.v1"),
            by_order("delivered", "orders.shipment_delivered.v1"),
        ],
    },
    Funnel {
        name: "engagement",
        title: "From sign-up to the first report and the first donation",
        counts: Counted::Users,
        window_days: 30,
        steps: &[
            by_user("registered", "identity.user_registered.v1", "/userId"),
            by_user("reported", "events.event_reported.v1", "/userId"),
            by_user("donated", "wallet.donation_completed.v1", "/donorId"),
        ],
    },
];

/// Returns the funnel with this name.
pub fn find(name: &str) -> Option<&'static Funnel> {
    FUNNELS.iter().find(|funnel| funnel.name == name)
}

/// Returns the funnels with a step that is this event, and the step's index.
pub fn steps_of(event: &str) -> impl Iterator<Item = (&'static Funnel, usize)> {
    FUNNELS
        .iter()
        .filter_map(move |funnel| funnel.steps.iter().position(|step| step.event == event).map(|index| (funnel, index)))
}

/// How far a person or an order got: the earliest time of each step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passage(Vec<Option<Timestamp>>);

impl Passage {
    /// Returns the passage with an event of a step; `None` if the event changes nothing.
    pub fn with(&self, step: usize, at: Timestamp) -> Option<Self> {
        let known = self.time(step);
        if step >= MAX_STEPS || known.is_some_and(|known| known <= at) {
            return None;
        }
        let mut times = self.0.clone();
        times.resize(times.len().max(step + 1), None);
        if let Some(time) = times.get_mut(step) {
            *time = Some(at);
        }
        Some(Self(times))
    }

    /// Returns the counters in which the passage counts: one per reached step, on the day of the first.
    pub fn slots(&self, funnel: &Funnel) -> BTreeSet<Slot> {
        let Some(first) = self.time(0) else { return BTreeSet::new() };
        let date = TimeZone::UTC.to_datetime(first).date();
        let reached = (0..funnel.steps.len()).take_while(|step| self.is_reached(*step, first, funnel));
        reached.filter_map(|step| u8::try_from(step).ok()).map(|number| Slot { date, number }).collect()
    }

    /// Returns the latest of the times.
    pub fn latest(&self) -> Option<Timestamp> {
        self.0.iter().flatten().max().copied()
    }

    fn is_reached(&self, step: usize, first: Timestamp, funnel: &Funnel) -> bool {
        let window = SignedDuration::from_hours(24 * i64::from(funnel.window_days));
        self.time(step).is_some_and(|time| time.duration_since(first) <= window)
    }

    fn time(&self, step: usize) -> Option<Timestamp> {
        self.0.get(step).copied().flatten()
    }
}

/// Returns the share of `part` in `whole` in per cent with one decimal, as tenths of a per cent; `None` of nothing.
pub fn permille(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| part.saturating_mul(1_000) / whole)
}

#[cfg(test)]
#[path = "funnel_tests.rs"]
mod tests;
