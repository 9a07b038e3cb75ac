//! Aggregates of the activity log of a user, so that the cost of an activity does not grow with the log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{BadgeId, CurrencyCode, EventTypeId, UserId};

use super::badge::{Badge, Requirement};
use super::catalogue::Catalogue;
use super::fact::{Activity, Fact};
use super::tally::{Earning, Tally};

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
    /// The last log entry of another person: the account was taken over after it. Such entries are not included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reclaimed: Option<Reclaimed>,
    /// How many of the earned tiers of a badge, counted from the highest, have rewards that are withheld.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub withheld: BTreeMap<BadgeId, usize>,
}

/// A takeover of the account: what its registrant did does not count for the owner of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reclaimed {
    /// Time of the takeover. Activities that were published before it are ignored from then on.
    pub at: Timestamp,
    /// Number of the last log entry before it.
    pub last_fact: u64,
}

/// What an award consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Award {
    /// The tier, with its reward if it has one.
    Tier,
    /// The tier. Its reward is withheld: too few of the counted events can earn rewards.
    TierWithoutReward,
    /// The reward of a tier that was earned without it.
    Reward,
}

/// An earned tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned<'a> {
    /// The badge.
    pub badge: &'a Badge,
    /// Number of the tier, from 1.
    pub tier: usize,
    /// What is awarded.
    pub award: Award,
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
            reclaimed: None,
            withheld: BTreeMap::new(),
        }
    }

    /// Returns the record after a takeover at a time, without anything that was recorded before; `None` if that is known. The
    /// numbers of log entries go on.
    pub fn reclaimed(&self, at: Timestamp) -> Option<Self> {
        let is_known = self.reclaimed.is_some_and(|known| known.at >= at);
        let reclaimed = Some(Reclaimed { at, last_fact: self.facts });
        (!is_known).then(|| Self { facts: self.facts, reclaimed, ..Self::new(self.user_id) })
    }

    /// Whether an activity that was published at a time is of a previous owner of the account.
    pub fn is_before_takeover(&self, published_at: Timestamp) -> bool {
        self.reclaimed.is_some_and(|reclaimed| published_at <= reclaimed.at)
    }

    /// Number of the last log entry that is not included.
    pub fn base(&self) -> u64 {
        self.reclaimed.map_or(0, |reclaimed| reclaimed.last_fact)
    }

    /// Returns the progress towards a requirement.
    pub fn progress(&self, requirement: &Requirement) -> u64 {
        self.measured(requirement, |tally| tally)
    }

    /// Returns the progress of the events that can earn rewards. A tier's reward is paid once it reaches the threshold.
    pub fn reward_progress(&self, requirement: &Requirement) -> u64 {
        self.measured(requirement, Tally::rewardable)
    }

    fn measured(&self, requirement: &Requirement, part: fn(&Tally) -> &Tally) -> u64 {
        let tally = |event_type_id: &Option<EventTypeId>| self.tally(*event_type_id).map(part);
        match requirement {
            Requirement::Events { event_type_id } => tally(event_type_id).map_or(0, |tally| tally.count),
            Requirement::Streak { event_type_id, unit } => tally(event_type_id).map_or(0, |tally| tally.longest(*unit)),
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

    /// Returns the number of earned tiers of a badge whose rewards are paid, which are always the lowest ones.
    pub fn paid(&self, badge: BadgeId) -> usize {
        self.tiers(badge).saturating_sub(self.withheld.get(&badge).copied().unwrap_or_default())
    }

    /// Returns the tiers that are reached but not earned yet, and the withheld rewards that can be paid, at a revision of the
    /// catalogue: oldest badge and lowest tier first.
    pub fn due<'a>(&self, catalogue: &'a Catalogue, revision: u64) -> Vec<Earned<'a>> {
        let awards = |badge: &'a Badge| {
            let reached = badge.reached(self.progress(&badge.design.requirement));
            let payable = badge.reached(self.reward_progress(&badge.design.requirement));
            let (earned, paid) = (self.tiers(badge.id), self.paid(badge.id));
            let rewards = (paid + 1..=payable.min(earned)).filter(|tier| badge.reward(*tier).is_some());
            let rewards = rewards.map(move |tier| Earned { badge, tier, award: Award::Reward });
            rewards.chain((earned + 1..=reached).map(move |tier| {
                let award = if tier <= payable { Award::Tier } else { Award::TierWithoutReward };
                Earned { badge, tier, award }
            }))
        };
        catalogue.open_at(revision).flat_map(awards).take(MAX_AWARDS_PER_FACT).collect()
    }

    /// Records an award. Awards of a badge are recorded from the lowest tier up, so the paid tiers stay the lowest.
    pub(super) fn award(&mut self, badge: BadgeId, tier: usize, award: Award, at: Timestamp) {
        let paid = match award {
            Award::Tier | Award::Reward => tier,
            Award::TierWithoutReward => self.paid(badge),
        };
        if award != Award::Reward {
            self.earned.entry(badge).or_default().push(at);
        }
        let withheld = self.tiers(badge).saturating_sub(paid);
        if withheld == 0 {
            self.withheld.remove(&badge);
        } else {
            self.withheld.insert(badge, withheld);
        }
    }

    /// Returns the record after an activity, and the tiers that it earned. Used by the consumer and the recount.
    pub fn after<'a>(&self, fact: &Fact, catalogue: &'a Catalogue) -> (Self, Vec<Earned<'a>>) {
        let mut next = self.clone();
        next.facts = fact.number;
        next.count(&fact.activity);
        let due = next.due(catalogue, fact.catalogue);
        for earned in &due {
            next.award(earned.badge.id, earned.tier, earned.award, fact.at);
        }
        (next, due)
    }

    fn count(&mut self, activity: &Activity) {
        match activity {
            Activity::EventReported { event_type_id, day, withheld, .. } => {
                let earning = Earning::unless(*withheld);
                self.any.add(*day, earning);
                if self.by_type.len() < MAX_EVENT_TYPES || self.by_type.contains_key(event_type_id) {
                    self.by_type.entry(*event_type_id).or_default().add(*day, earning);
                }
            }
            Activity::EventRemoved { was: Some(was), .. } => {
                let earning = Earning::unless(was.withheld);
                self.any.remove(was.day, earning);
                if let Some(tally) = self.by_type.get_mut(&was.event_type_id) {
                    tally.remove(was.day, earning);
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
