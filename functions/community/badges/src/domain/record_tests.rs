//! Any sequence of activities, delivered twice and in any order, ends with the awards that a recount finds.

use std::collections::BTreeMap;

use calendar::EpochDay;
use jiff::Timestamp;
use proptest::prelude::*;
use types::{BadgeId, CareEventId, CurrencyCode, DonationId, EventTypeId, Money, UserId, Uuid};

use super::badge::{Badge, Design, Requirement, Texts, Tier, Unit};
use super::catalogue::Catalogue;
use super::fact::{Activity, Fact};
use super::record::{Award, Record};
use super::recount::{Difference, compare, fold, mended};

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

fn day(number: u8) -> EpochDay {
    EpochDay::in_utc(Timestamp::from_second(1_800_000_000 + i64::from(number) * SECONDS_PER_DAY).unwrap())
}

fn kind(number: u8) -> EventTypeId {
    EventTypeId::new(Uuid::from_u128(u128::from(number)))
}

fn currency(number: u8) -> CurrencyCode {
    CurrencyCode::parse(["EUR", "USD", "POINTS"][usize::from(number)]).unwrap()
}

fn badge(number: u32, requirement: Requirement, thresholds: &[u64]) -> Badge {
    let reward = Some(Money::new(1, currency(2)));
    let tiers =
        thresholds.iter().map(|threshold| Tier { name: "t".into(), threshold: *threshold, reward: reward.clone() });
    let texts = Texts { name: "b".into(), description: "d".into(), icon: "i".into() };
    let design = Design { code: format!("b{number}"), texts, requirement, tiers: tiers.collect() };
    Badge {
        id: BadgeId::new(Uuid::from_u128(u128::from(number))),
        asked: design.fingerprint(),
        design,
        created_at: Timestamp::UNIX_EPOCH,
        created: u64::from(number),
        changed: u64::from(number),
        retired: None,
    }
}

/// One badge of each requirement; the last is retired by the change after.
fn badges() -> Vec<Badge> {
    let (any, some) = (None, Some(kind(1)));
    let requirements = [
        (Requirement::Events { event_type_id: any }, [1, 3, 6]),
        (Requirement::Events { event_type_id: some }, [1, 2, 3]),
        (Requirement::Donated { currency: currency(0) }, [5, 20, 40]),
        (Requirement::Received { currency: currency(1) }, [5, 20, 40]),
        (Requirement::Streak { event_type_id: any, unit: Unit::Day }, [2, 3, 5]),
        (Requirement::Streak { event_type_id: some, unit: Unit::Week }, [1, 2, 3]),
        (Requirement::Events { event_type_id: any }, [2, 4, 8]),
    ];
    let mut badges: Vec<_> =
        (1..).zip(requirements).map(|(number, (what, tiers))| badge(number, what, &tiers)).collect();
    let last = badges.last_mut().unwrap();
    (last.retired, last.changed) = (Some(8), 8);
    badges
}

fn catalogue() -> Catalogue {
    Catalogue::new(8, badges()).unwrap()
}

/// What the consumer does, on a map instead of a table.
#[derive(Clone)]
struct Log {
    catalogue: Catalogue,
    record: Record,
    facts: BTreeMap<String, Fact>,
}

impl Log {
    fn new() -> Self {
        Self { catalogue: catalogue(), record: Record::new(UserId::new(Uuid::nil())), facts: BTreeMap::new() }
    }

    fn record(&mut self, activity: Activity, revision: u64) {
        let name = activity.dedup_key().unwrap();
        if self.facts.contains_key(&name) {
            return;
        }
        let counterpart =
            activity.counterpart().and_then(|name| self.facts.get(&name)).map(|fact| fact.activity.clone());
        self.append(name, activity.resolved_against(counterpart.as_ref()), revision);
    }

    fn next(&self, activity: Activity, revision: u64) -> Fact {
        let number = self.record.facts + 1;
        let at = Timestamp::from_second(i64::try_from(number).unwrap()).unwrap();
        Fact { user_id: self.record.user_id, number, catalogue: revision, at, activity }
    }

    fn append(&mut self, name: String, activity: Activity, revision: u64) {
        let fact = self.next(activity, revision);
        self.record = self.record.after(&fact, &self.catalogue).0;
        self.facts.insert(name, fact);
    }

    fn folded(&self) -> Record {
        let facts = self.facts.values().cloned().collect();
        fold(&self.record, facts, &catalogue()).unwrap()
    }

    fn repair(&mut self) -> bool {
        let catalogue = catalogue();
        let fact = self.next(Activity::Recounted, catalogue.revision());
        let Some((record, _)) = mended(&self.record, &self.folded(), &fact, &catalogue) else { return false };
        self.record = record;
        self.facts.insert(format!("recounted#{}", fact.number), fact);
        true
    }

    fn progress(&self) -> Vec<u64> {
        badges().iter().map(|badge| self.record.progress(&badge.design.requirement)).collect()
    }

    fn paid(&self) -> Vec<usize> {
        badges().iter().map(|badge| self.record.paid(badge.id)).collect()
    }

    fn tiers(&self) -> Vec<usize> {
        badges().iter().map(|badge| self.record.tiers(badge.id)).collect()
    }
}

fn reported() -> impl Strategy<Value = Activity> {
    // Few events, so that the same are delivered again and again; what an event is, is always the same.
    (0_u8..24).prop_map(|event| Activity::EventReported {
        event_id: CareEventId::new(Uuid::from_u128(u128::from(event))),
        event_type_id: kind(event % 3),
        day: day(event.wrapping_mul(7) % 30),
        withheld: event % 4 == 0,
    })
}

/// Whether an activity is about an event that can earn no rewards.
fn is_about_withheld(activity: &Activity) -> bool {
    match activity {
        Activity::EventReported { event_id, .. } | Activity::EventRemoved { event_id, .. } => {
            event_id.uuid().as_u128().is_multiple_of(4)
        }
        _ => false,
    }
}

fn removed() -> impl Strategy<Value = Activity> {
    (0_u8..24).prop_map(|event| Activity::EventRemoved {
        event_id: CareEventId::new(Uuid::from_u128(u128::from(event))),
        was: None,
    })
}

fn money() -> impl Strategy<Value = Activity> {
    (0_u8..12, any::<bool>()).prop_map(|(number, gives)| {
        let donation_id = DonationId::new(Uuid::from_u128(u128::from(number)));
        let (amount_minor, currency) = (u64::from(number) + 1, currency(number % 3));
        if gives {
            Activity::DonationGiven { donation_id, amount_minor, currency, counterparty_id: None, net: None }
        } else {
            Activity::DonationReceived { donation_id, amount_minor, currency, counterparty_id: None, net: None }
        }
    })
}

fn activities() -> impl Strategy<Value = Vec<Activity>> {
    prop::collection::vec(prop_oneof![5 => reported(), 2 => removed(), 3 => money()], 0..80)
}

fn additions() -> impl Strategy<Value = Vec<Activity>> {
    prop::collection::vec(prop_oneof![reported(), money()], 0..80)
}

fn recorded(activities: &[Activity]) -> Log {
    let mut log = Log::new();
    for activity in activities {
        log.record(activity.clone(), catalogue().revision());
    }
    log
}

proptest! {
    /// Whatever is delivered, however often, and with however old a catalogue.
    #[test]
    fn awards_are_what_the_log_comes_to(activities in prop::collection::vec((activities(), 0_u64..=8), 0..4)) {
        let mut log = Log::new();
        for (activities, revision) in activities {
            for activity in activities {
                let before = log.record.clone();
                log.record(activity, revision);
                // Never taken back.
                for (badge, earned) in &before.earned {
                    prop_assert!(log.record.earned[badge].starts_with(earned));
                }
            }
        }
        prop_assert_eq!(&log.folded(), &log.record);
        let differences = compare(&log.record, &log.folded(), &catalogue());
        prop_assert!(differences.iter().all(|difference| matches!(difference, Difference::Due(..))));
    }

    /// What was missed for want of a newer catalogue is found by one repair, and then nothing is.
    #[test]
    fn a_repair_leaves_nothing_to_repair(activities in activities(), revision in 0_u64..=8) {
        let mut log = Log::new();
        for activity in activities {
            log.record(activity, revision);
        }
        let mut rounds = 0;
        while log.repair() {
            rounds += 1;
            prop_assert!(rounds < 3);
        }
        prop_assert_eq!(&log.folded(), &log.record);
        prop_assert_eq!(compare(&log.record, &log.folded(), &catalogue()), vec![]);
    }

    /// Events that can earn no rewards change badges, and never what is paid.
    #[test]
    fn rewards_are_those_of_the_events_that_can_earn_them(activities in activities()) {
        let log = recorded(&activities);
        let earning: Vec<_> = activities.into_iter().filter(|activity| !is_about_withheld(activity)).collect();
        let only_earning = recorded(&earning);
        prop_assert_eq!(log.paid(), only_earning.tiers());
        prop_assert_eq!(only_earning.paid(), only_earning.tiers());
        prop_assert_eq!(log.paid(), badges().iter().map(|badge| log.folded().paid(badge.id)).collect::<Vec<_>>());
    }

    #[test]
    fn progress_is_the_same_in_any_order((activities, shuffled) in activities().prop_flat_map(|activities| {
        (Just(activities.clone()), Just(activities).prop_shuffle())
    })) {
        prop_assert_eq!(recorded(&activities).progress(), recorded(&shuffled).progress());
    }

    #[test]
    fn where_nothing_is_removed_awards_are_the_same_in_any_order((activities, shuffled) in additions().prop_flat_map(|activities| {
        (Just(activities.clone()), Just([activities.clone(), activities].concat()).prop_shuffle())
    })) {
        prop_assert_eq!(recorded(&activities).tiers(), recorded(&shuffled).tiers());
    }
}

fn event(number: u8, day_number: u8) -> Activity {
    let event_id = CareEventId::new(Uuid::from_u128(u128::from(number)));
    Activity::EventReported { event_id, event_type_id: kind(1), day: day(day_number), withheld: false }
}

fn withheld(number: u8) -> Activity {
    let event_id = CareEventId::new(Uuid::from_u128(u128::from(number)));
    Activity::EventReported { event_id, event_type_id: kind(1), day: day(1), withheld: true }
}

#[test]
fn a_tier_of_events_that_earn_nothing_is_paid_once_enough_events_earn() {
    let mut log = recorded(&[withheld(1), withheld(2), withheld(3)]);
    assert_eq!((log.progress()[0], log.tiers()[0], log.paid()[0]), (3, 2, 0));
    let next = |log: &Log, activity| {
        let fact = log.next(activity, 8);
        let awarded = log.record.after(&fact, &log.catalogue).1;
        let of_first = awarded.iter().filter(|earned| earned.badge.id == badges()[0].id);
        of_first.map(|earned| (earned.tier, earned.award)).collect::<Vec<_>>()
    };
    assert_eq!(next(&log, event(4, 2)), [(1, Award::Reward)]);
    log.record(event(4, 2), 8);
    assert_eq!(next(&log, event(5, 2)), []);
    // The third tier is at six events, of which too few earn.
    for activity in [event(5, 2), withheld(6)] {
        log.record(activity, 8);
    }
    assert_eq!((log.tiers()[0], log.paid()[0]), (3, 1));
    assert_eq!(next(&log, event(7, 3)), [(2, Award::Reward)]);
    log.record(event(7, 3), 8);
    assert_eq!((log.tiers()[0], log.paid()[0]), (3, 2));
    assert_eq!(log.folded(), log.record);
}

#[test]
fn a_removed_event_that_earned_nothing_takes_no_reward_along() {
    let log = recorded(&[event(1, 1), withheld(2), removal(2), event(3, 2), event(4, 3)]);
    assert_eq!((log.progress()[0], log.tiers()[0], log.paid()[0]), (3, 2, 2));
    let log = recorded(&[withheld(2), event(1, 1), removal(1), event(3, 2)]);
    assert_eq!((log.record.reward_progress(&badges()[0].design.requirement), log.paid()[0]), (1, 1));
}

#[test]
fn a_recount_finds_and_repairs_withheld_rewards() {
    let mut log = recorded(&[event(1, 1), event(2, 2), event(3, 3)]);
    let first = badges()[0].id;
    log.record.withheld.insert(first, 2);
    let unpaid = [Difference::Unpaid(first, 1), Difference::Unpaid(first, 2)];
    assert_eq!(compare(&log.record, &log.folded(), &catalogue()), unpaid);
    assert!(log.repair());
    assert_eq!((log.paid()[0], log.folded()), (2, log.record.clone()));

    let mut log = recorded(&[withheld(1), withheld(2), withheld(3)]);
    log.record.withheld.remove(&first);
    let overpaid = [Difference::Overpaid(first, 1), Difference::Overpaid(first, 2)];
    assert_eq!(compare(&log.record, &log.folded(), &catalogue()), overpaid);
    assert!(!log.repair(), "what was paid stays");
}

#[test]
fn after_a_takeover_nothing_counts_that_was_recorded_before() {
    let mut log = recorded(&[event(1, 1), withheld(2)]);
    let (before, at) = (Timestamp::from_second(9).unwrap(), Timestamp::from_second(10).unwrap());
    log.record = log.record.reclaimed(at).unwrap();
    assert_eq!((log.record.reclaimed(at), log.record.reclaimed(before)), (None, None), "a repeat changes nothing");
    assert_eq!((log.progress()[0], log.tiers()[0], log.record.facts), (0, 0, 2));
    assert!(
        log.record.is_before_takeover(at) && !log.record.is_before_takeover(at + jiff::SignedDuration::from_secs(1))
    );
    // The log goes on, whether or not its first part is deleted already.
    log.record(event(3, 3), 8);
    assert_eq!((log.progress()[0], log.tiers()[0], log.folded()), (1, 1, log.record.clone()));
    log.facts.retain(|_, fact| fact.number > log.record.base());
    assert_eq!(log.folded(), log.record);
    assert_eq!(compare(&log.record, &log.folded(), &catalogue()), []);
}

fn removal(number: u8) -> Activity {
    Activity::EventRemoved { event_id: CareEventId::new(Uuid::from_u128(u128::from(number))), was: None }
}

#[test]
fn a_removal_before_its_report_leaves_nothing_and_awards_nothing() {
    let log = recorded(&[removal(1), event(1, 1), removal(1), event(1, 1)]);
    assert_eq!((log.progress()[0], log.tiers()[0]), (0, 0));
    assert_eq!(log.record.facts, 2);
}

#[test]
fn a_removal_takes_its_count_out_and_leaves_the_award() {
    let log = recorded(&[event(1, 1), removal(1)]);
    assert_eq!((log.progress()[0], log.tiers()[0]), (0, 1));
    // The second tier asks for three that are there at once.
    let log = recorded(&[event(1, 1), event(2, 1), removal(1), event(3, 1)]);
    assert_eq!((log.progress()[0], log.tiers()[0]), (2, 1));
}

#[test]
fn a_badge_counts_what_was_before_it_from_the_next_fact_on() {
    let mut log = Log::new();
    for number in 0..4 {
        log.record(event(number, number), 0);
    }
    assert_eq!(log.tiers().iter().sum::<usize>(), 0);
    log.record(event(4, 4), 1);
    assert_eq!(log.tiers()[0], 2);
    assert_eq!(log.folded(), log.record);
}

#[test]
fn what_is_retired_is_earned_no_more_and_what_was_earned_stays() {
    let mut log = Log::new();
    (0..2).for_each(|number| log.record(event(number, 0), 7));
    assert_eq!(log.tiers()[6], 1);
    (2..8).for_each(|number| log.record(event(number, 0), 8));
    assert_eq!(log.tiers()[6], 1);
    assert_eq!(log.folded(), log.record);
}

#[test]
fn a_recount_names_every_difference() {
    let mut log = recorded(&[event(1, 1), event(2, 2), event(3, 3)]);
    let first = badges()[0].id;
    let good = log.record.clone();
    log.record.earned.get_mut(&first).unwrap().push(Timestamp::UNIX_EPOCH);
    assert_eq!(compare(&log.record, &log.folded(), &catalogue()), [Difference::Unfounded(first, 3)]);
    assert!(!log.repair(), "it stays");

    log.record = good.clone();
    log.record.earned.get_mut(&first).unwrap().pop();
    log.record.any.count = 2;
    assert_eq!(
        compare(&log.record, &log.folded(), &catalogue()),
        [Difference::Aggregates, Difference::Missing(first, 2)]
    );
    assert!(log.repair());
    assert_eq!(log.record.earned, good.earned);
    assert_eq!(log.folded(), log.record);

    log.facts.retain(|_, fact| fact.number != 2);
    let facts = log.facts.values().cloned().collect();
    assert_eq!(fold(&log.record, facts, &catalogue()), Err(2));
}

#[test]
fn one_fact_earns_a_bounded_number_of_tiers_and_the_next_the_rest() {
    let many: Vec<_> =
        (1..=9).map(|number| badge(number, Requirement::Events { event_type_id: None }, &[1, 2, 3])).collect();
    let catalogue = Catalogue::new(9, many).unwrap();
    let mut record = Record::new(UserId::new(Uuid::nil()));
    let mut given = Vec::new();
    for number in 1..=4 {
        let revision = if number < 3 { 0 } else { 9 };
        let activity = event(u8::try_from(number).unwrap(), 0);
        let fact = Fact { user_id: record.user_id, number, catalogue: revision, at: Timestamp::UNIX_EPOCH, activity };
        let (next, earned) = record.after(&fact, &catalogue);
        given.push(earned.len());
        record = next;
    }
    assert_eq!(given, [0, 0, 20, 7]);
}

#[test]
fn a_catalogue_that_lacks_its_last_change_is_none() {
    assert!(Catalogue::new(9, badges()).is_none());
    assert!(Catalogue::new(7, badges()).is_some());
    assert!(Catalogue::new(0, Vec::new()).is_some());
}
