//! The declared metrics. To add one, declare it in the file of its area and add its events to the rule of
//! `analytics-count-events` in the template; a contract test compares both.

mod aquarium;
mod commerce;
mod community;
mod identity;

use super::metric::Metric;

/// The most event types that metrics may name together: what one rule of the bus matches.
pub const MAX_EVENT_TYPES: usize = 100;

/// All metrics, by area.
const AREAS: [&[Metric]; 4] = [aquarium::METRICS, commerce::METRICS, community::METRICS, identity::METRICS];

/// All metrics, in the order of their areas.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    AREAS.into_iter().flatten()
}

/// The metric of this name.
pub fn named(name: &str) -> Option<&'static Metric> {
    all().find(|metric| metric.name == name)
}

/// The event types that metrics count, as on the bus, sorted.
pub fn events() -> Vec<&'static str> {
    let mut events: Vec<_> = all().flat_map(Metric::events).collect();
    events.sort_unstable();
    events.dedup();
    events
}

#[cfg(test)]
mod tests;
