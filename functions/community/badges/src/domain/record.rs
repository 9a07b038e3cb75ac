//! Aggregates of the activity log of a user, so that the cost of an activity does not grow with the log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{BadgeId, CurrencyCode, EventTypeId, UserId};

use super::badge::{Badge, Requirement};
use super::catalogue::Catalogue;
use super::fact::{Activity, Fact};
use super::tally::Tally;

/// Maximum number of event types with a tally of their own per user. Further types count towards the total only.
pub const MAX_EVENT_TYPES: usize = 64;
/// Maximum number of currencies with totals per user.
pub const MAX_CURRENCIES: usize = 32;
/// Maximum number of tiers awarded per activity. The rest is awarded with the next activity or by a recount.
pub const MAX_AWARDS_PER_FACT: usize = 20;

/// Aggregates and earned tiers of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// User ID.
    pub user_id: UserId,
    /// Number of log entries that are included.
    pub facts: u64,
    /// Tally of all events.
    pub any: Tally,
    /// Tallies by event type.
    pub by_type: BTreeMap<EventTypeId, Tally>,
    /// Net donated amounts in minor units: without what came back.
    pub donated: BTreeMap<CurrencyCode, u64>,
    /// Net received amounts in minor units: without what went back.
    pub received: BTreeMap<CurrencyCode, u64>,
    /// Times at which the tiers of each badge were earned, lowest first. Entries are never removed.
    pub earned: BTreeMap<BadgeId, Vec<Timestamp>>,
}

/// An earned tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned<'a> {
    /// The badge.
    pub badge: &'a Badge,
    /// Number of the tier, from 1.
    pub tier: usize,
}

impl Record {
    /// Returns the record of a user without activity.
    pub fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            facts: 0,
            any: Tally::default(),
            by_type: BTreeMap::new(),
            donated: BTreeMap::new(),
            received: BTreeMap::new(),
            earned: BTreeMap::new(),
        }
    }

    /// Returns the progress towards a requirement.
    pub fn progress(&self, requirement: &Requirement) -> u64 {
        match requirement {
            Requirement::Events { event_type_id } => self.tally(*event_type_id).map_or(0, |tally| tally.count),
            Requirement::Streak { event_type_id, unit } => {
                self.tally(*event_type_id).map_or(0, |tally| tally.longest(*unit))
            }
            Requirement::Donated { currency } => self.donated.get(currency).copied().unwrap_or_default(),
            Requirement::Received { currency } => self.received.get(currency).copied().unwrap_or_default(),
        }
    }

    fn tally(&self, event_type_id: Option<EventTypeId>) -> Option<&Tally> {
        event_type_id.map_or(Some(&self.any), |kind| self.by_type.get(&kind))
    }

    /// Returns the number of earned tiers of a badge, which are always the lowest ones.
    pub fn tiers(&self, badge: BadgeId) -> usize {
        self.earned.get(&badge).map_or(0, Vec::len)
    }

    /// Returns the tiers that are reached but not earned yet, at a revision of the catalogue: oldest badge and lowest tier first.
    pub fn due<'a>(&self, catalogue: &'a Catalogue, revision: u64) -> Vec<Earned<'a>> {
        let tiers = |badge: &'a Badge| {
            let reached = badge.reached(self.progress(&badge.design.requirement));
            (self.tiers(badge.id) + 1..=reached).map(move |tier| Earned { badge, tier })
        };
        catalogue.open_at(revision).flat_map(tiers).take(MAX_AWARDS_PER_FACT).collect()
    }

    /// Returns the record after an activity, and the tiers that it earned. Used by the consumer and the recount.
    pub fn after<'a>(&self, fact: &Fact, catalogue: &'a Catalogue) -> (Self, Vec<Earned<'a>>) {
        let mut next = self.clone();
        next.facts = fact.number;
        next.count(&fact.activity);
        let due = next.due(catalogue, fact.catalogue);
        for earned in &due {
            next.earned.entry(earned.badge.id).or_default().push(fact.at);
        }
        (next, due)
    }

    fn count(&mut self, activity: &Activity) {
        match activity {
            Activity::EventReported { event_type_id, day, .. } => {
                self.any.add(*day);
                if self.by_type.len() < MAX_EVENT_TYPES || self.by_type.contains_key(event_type_id) {
                    self.by_type.entry(*event_type_id).or_default().add(*day);
                }
            }
            Activity::EventRemoved { was: Some(was), .. } => {
                self.any.remove(was.day);
                if let Some(tally) = self.by_type.get_mut(&was.event_type_id) {
                    tally.remove(was.day);
                }
            }
            Activity::DonationGiven { amount_minor, currency, net: None, .. } => {
                sum(&mut self.donated, currency, i64::try_from(*amount_minor).unwrap_or(i64::MAX));
            }
            Activity::DonationReceived { amount_minor, currency, net: None, .. } => {
                sum(&mut self.received, currency, i64::try_from(*amount_minor).unwrap_or(i64::MAX));
            }
            Activity::DonationGiven { currency, net: Some(net), .. }
            | Activity::DonationReceived { currency, net: Some(net), .. }
            | Activity::TransferSent { currency, net, .. }
            | Activity::TransferReceived { currency, net, .. } => {
                sum(&mut self.donated, currency, net.donated_minor);
                sum(&mut self.received, currency, net.received_minor);
            }
            Activity::EventRemoved { was: None, .. } | Activity::EventWithdrawn { .. } | Activity::Recounted => {}
        }
    }
}

fn sum(totals: &mut BTreeMap<CurrencyCode, u64>, currency: &CurrencyCode, change: i64) {
    if change != 0 && (totals.len() < MAX_CURRENCIES || totals.contains_key(currency)) {
        let total = totals.entry(currency.clone()).or_default();
        *total = total.saturating_add_signed(change);
    }
}
