//! What all of somebody's facts come to, so that the next one costs the same after a hundred thousand as after one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{BadgeId, CurrencyCode, EventTypeId, UserId};

use super::badge::{Badge, Requirement};
use super::catalogue::Catalogue;
use super::fact::{Deed, Fact};
use super::tally::Tally;

/// How many kinds of events are counted on their own for one person. Events of further kinds count as any event does.
pub const MAX_EVENT_TYPES: usize = 64;
/// How many currencies are summed for one person.
pub const MAX_CURRENCIES: usize = 32;
/// How many tiers one fact can earn. What is more is earned with the next fact, or by a recount.
pub const MAX_AWARDS_PER_FACT: usize = 20;

/// What somebody's facts come to, and what they have earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Whose it is.
    pub user_id: UserId,
    /// How many facts it is made of: the number of the last one.
    pub facts: u64,
    /// Events of any kind.
    pub any: Tally,
    /// Events of each kind.
    pub by_type: BTreeMap<EventTypeId, Tally>,
    /// What was donated, in minor units.
    pub donated: BTreeMap<CurrencyCode, u64>,
    /// What was received, in minor units.
    pub received: BTreeMap<CurrencyCode, u64>,
    /// When each tier of a badge was earned, the lowest first. Nothing is ever taken out.
    pub earned: BTreeMap<BadgeId, Vec<Timestamp>>,
}

/// A tier that somebody earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned<'a> {
    /// The badge.
    pub badge: &'a Badge,
    /// Which tier, from 1.
    pub tier: usize,
}

impl Record {
    /// That of somebody who has done nothing yet.
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

    /// How much of what a badge asks for there is.
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

    /// How many tiers of a badge were earned. They are always the lowest ones, since thresholds grow.
    pub fn tiers(&self, badge: BadgeId) -> usize {
        self.earned.get(&badge).map_or(0, Vec::len)
    }

    /// What is reached and not earned yet, at a revision of the catalogue: the oldest badge and the lowest tier first.
    pub fn due<'a>(&self, catalogue: &'a Catalogue, revision: u64) -> Vec<Earned<'a>> {
        let tiers = |badge: &'a Badge| {
            let reached = badge.reached(self.progress(&badge.design.requirement));
            (self.tiers(badge.id) + 1..=reached).map(move |tier| Earned { badge, tier })
        };
        catalogue.open_at(revision).flat_map(tiers).take(MAX_AWARDS_PER_FACT).collect()
    }

    /// The record after one more fact, and what that earned. This is all that a fact does: the consumer and the recount
    /// both do it.
    pub fn after<'a>(&self, fact: &Fact, catalogue: &'a Catalogue) -> (Self, Vec<Earned<'a>>) {
        let mut next = self.clone();
        next.facts = fact.number;
        next.count(&fact.deed);
        let due = next.due(catalogue, fact.catalogue);
        for earned in &due {
            next.earned.entry(earned.badge.id).or_default().push(fact.at);
        }
        (next, due)
    }

    fn count(&mut self, deed: &Deed) {
        match deed {
            Deed::Reported { event_type_id, day, .. } => {
                self.any.add(*day);
                if self.by_type.len() < MAX_EVENT_TYPES || self.by_type.contains_key(event_type_id) {
                    self.by_type.entry(*event_type_id).or_default().add(*day);
                }
            }
            Deed::Removed { was: Some(was), .. } => {
                self.any.remove(was.day);
                if let Some(tally) = self.by_type.get_mut(&was.event_type_id) {
                    tally.remove(was.day);
                }
            }
            Deed::Donated { amount_minor, currency, .. } => sum(&mut self.donated, currency, *amount_minor),
            Deed::Received { amount_minor, currency, .. } => sum(&mut self.received, currency, *amount_minor),
            Deed::Removed { was: None, .. } | Deed::Withdrawn { .. } | Deed::Recounted => {}
        }
    }
}

fn sum(totals: &mut BTreeMap<CurrencyCode, u64>, currency: &CurrencyCode, amount: u64) {
    if totals.len() < MAX_CURRENCIES || totals.contains_key(currency) {
        let total = totals.entry(currency.clone()).or_default();
        *total = total.saturating_add(amount);
    }
}
