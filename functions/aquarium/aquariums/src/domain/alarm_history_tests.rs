use calendar::ZoneName;
use proptest::prelude::*;
use types::{AlarmRuleId, AquariumId, DeviceId, SensorId, UserId, Uuid};
use water::{Decimal, Entered, Parameter, Unit};

use super::*;
use crate::domain::access::Access;
use crate::domain::alarm::{Maintenance, Sample, Window};
use crate::domain::alarm_episode::subject;
use crate::domain::alarm_head::Moved;
use crate::domain::alarm_notice::{Occasion, of_episode};
use crate::domain::alarm_rule::{AlarmRule, ConditionKind, Settings};
use crate::domain::device::{Device, Probe};
use crate::domain::device_key::DeviceKey;
use crate::domain::sensor::Label;
use contracts::aquariums::{AlarmCause, AlarmStatus};

const START: i64 = 1_796_000_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn sensor() -> SensorId {
    SensorId::new(Uuid::from_u128(4))
}

/// A device with one temperature sensor, and a rule above 28 °C with a band of 0.5 K that ends after ten minutes.
fn head() -> DeviceHead {
    let id = Uuid::from_u128;
    let (aquarium_id, owner_id) = (AquariumId::new(id(2)), UserId::new(id(3)));
    let name = Label::parse("Controller").unwrap();
    let device = Device { id: DeviceId::new(id(1)), aquarium_id, owner_id, name, created_at: at(START) };
    let key = DeviceKey::new(device.id, aquarium_id, [1; 32]);
    let mut head = DeviceHead::new(&device, key.hash(), owner_id);
    let (parameter, unit) = (Parameter::Temperature, Unit::Celsius);
    head.sensors.push(Probe { id: sensor(), parameter, unit, calibrations: Vec::new(), latest: None });
    let entered = |text| Entered { value: Decimal::parse(text).unwrap(), unit };
    let settings = Settings {
        kind: ConditionKind::Above,
        limit: entered("28"),
        band: Some(entered("0.5")),
        for_s: 0,
        clear_for_s: 600,
        votes: None,
        within_minutes: None,
        span_hours: None,
    };
    let scope = Access::new(aquarium_id, owner_id).scope(owner_id).unwrap();
    let made = (Label::parse("Too warm").unwrap(), vec![sensor()], settings);
    let rule = AlarmRule::new(&scope, AlarmRuleId::new(id(5)), (device.id, parameter), made, at(START - 1)).unwrap();
    head.with_rule(&rule).unwrap().unwrap()
}

/// A head with its history.
struct Tank {
    head: DeviceHead,
    history: History,
}

impl Tank {
    fn new() -> Self {
        Self { head: head(), history: History::default() }
    }

    fn send(&mut self, samples: &[(i64, i64)]) {
        let samples = samples.iter().map(|(minute, value)| sample(*minute, *value)).collect::<Vec<_>>();
        self.observe(self.head.clone(), &samples);
    }

    fn observe(&mut self, next: DeviceHead, samples: &[Sample]) {
        let before = self.head.clone();
        let Moved { head, transitions } = next.observing(samples);
        let known = std::mem::take(&mut self.history.episodes);
        let ids = touched(&transitions);
        let (touched, mut rest): (Episodes, Episodes) = known.into_iter().partition(|(id, _)| ids.contains(id));
        let about = |alarm| subject(&before, alarm, Some(("Too warm".to_owned(), Unit::Celsius)));
        let after = apply(&before, touched, &transitions, about, at(START));
        assert!(after.episodes.keys().all(|id| ids.contains(id)), "only touched episodes change");
        rest.extend(after.episodes);
        self.history.episodes = rest;
        self.history.notices.extend(after.notices);
        self.head = head;
    }

    /// The episodes that took place.
    fn episodes(&self) -> Vec<&AlarmEpisode> {
        self.history.episodes.values().filter(|one| one.status != AlarmStatus::Withdrawn).collect()
    }

    fn notices(&self) -> (usize, usize) {
        let count = |is: fn(&&Notice) -> bool| self.history.notices.iter().filter(is).count();
        (count(|one| matches!(one, Notice::Began(_))), count(|one| matches!(one, Notice::Ended(..))))
    }
}

fn sample(minute: i64, value: i64) -> Sample {
    Sample { sensor: sensor(), at: START + minute * 60, value }
}

/// canonical/hardware-observer-operator#146, frenck/spook#1493.
#[test]
fn a_value_that_swings_around_the_limit_is_one_episode() {
    let mut tank = Tank::new();
    for minute in 0..120 {
        tank.send(&[(minute, if minute % 2 == 0 { 27_900 } else { 28_100 })]);
    }
    assert_eq!((tank.notices(), tank.episodes().len()), ((1, 0), 1));
    for minute in 120..131 {
        tank.send(&[(minute, 27_400)]);
    }
    assert_eq!((tank.notices(), tank.episodes().len()), ((1, 1), 1));
    let episode = tank.episodes()[0];
    assert_eq!((episode.status, episode.extreme), (AlarmStatus::Ended, 28_100));
    assert_eq!(episode.subject.cause, AlarmCause::Limit);
    assert_eq!(tank.history.notices.last(), Some(&Notice::Ended(episode.id, EndCause::Recovered)));
    assert_eq!(episode.shown_extreme().unwrap().to_string(), "28.100");
}

/// homeassistant-ai/skills#97, grafana/grafana#105571.
#[test]
fn a_gap_neither_ends_nor_begins_an_episode() {
    let mut tank = Tank::new();
    tank.send(&[(0, 30_000)]);
    tank.send(&[(300, 30_000)]);
    assert_eq!((tank.notices(), tank.episodes().len()), ((1, 0), 1));
}

#[test]
fn an_episode_that_late_samples_contradict_is_withdrawn_and_said_to_have_ended() {
    let mut tank = Tank::new();
    tank.send(&[(0, 27_000), (10, 29_000)]);
    let id = tank.episodes()[0].id;
    let windows = vec![Window { from: START + 300, until: START + 900 }];
    let quiet = tank.head.with_quiet(Maintenance { windows, ..Maintenance::none(ZoneName::utc()) });
    tank.observe(quiet, &[]);
    assert_eq!(tank.history.episodes[&id].status, AlarmStatus::Withdrawn);
    assert_eq!(tank.notices(), (1, 1));
    assert!(tank.history.episodes[&id].remind_at().is_none());
}

#[test]
fn a_removed_rule_ends_its_episode() {
    let mut tank = Tank::new();
    tank.send(&[(0, 29_000)]);
    let next = tank.head.without_rule(AlarmRuleId::new(Uuid::from_u128(5)));
    tank.observe(next, &[]);
    let episode = tank.episodes()[0];
    assert_eq!((episode.status, tank.notices()), (AlarmStatus::Ended, (1, 1)));
    assert_eq!(tank.history.notices.last(), Some(&Notice::Ended(episode.id, EndCause::SetupChanged)));
    let end_cause = |cause| {
        let notice = of_episode(episode, Occasion::Ended(cause), 2, "Reef", Vec::new());
        notice.message.data.get("end_cause").cloned()
    };
    assert_eq!(end_cause(EndCause::SetupChanged).as_deref(), Some("setup_changed"));
    assert_eq!(end_cause(EndCause::Recovered), None);
}

#[test]
fn three_power_on_values_over_two_minutes_are_a_fault_and_one_is_nothing() {
    let mut tank = Tank::new();
    tank.send(&[(0, 25_000), (1, 85_000), (2, 25_100)]);
    assert!(tank.episodes().is_empty());
    tank.send(&[(3, 85_000), (4, 85_000), (5, 85_000)]);
    let episode = tank.episodes()[0];
    assert_eq!((episode.subject.cause, episode.shown_extreme()), (AlarmCause::ProbeFault, None));
    assert_eq!(episode.changed_fact(1).extreme, None);
    tank.send(&[(6, 25_000), (7, 25_000), (8, 25_000)]);
    assert_eq!(tank.episodes()[0].status, AlarmStatus::Ended);
}

#[test]
fn an_acknowledgement_ends_reminders_and_stays_with_the_episode() {
    let mut tank = Tank::new();
    tank.send(&[(0, 29_000)]);
    let episode = tank.episodes()[0].clone();
    assert_eq!(episode.remind_at(), Some(START + 3_600));
    let reminded = episode.reminded(at(START + 3 * 3_600 + 5));
    assert_eq!((reminded.reminders, reminded.remind_at()), (3, Some(START + 4 * 3_600)));
    let acknowledged = reminded.acknowledged(at(START)).unwrap();
    assert_eq!((acknowledged.remind_at(), acknowledged.acknowledged(at(START))), (None, None));
    let moved = acknowledged.moved_to(START - 60);
    assert_ne!(moved.id, acknowledged.id);
    assert!(moved.acknowledged_at.is_some());
}

#[test]
fn ids_of_episodes_sort_by_the_time_of_their_first_sample() {
    let alarm = |number| AlarmKey::Rule(AlarmRuleId::new(Uuid::from_u128(number)));
    assert!(episode_id(alarm(9), START) < episode_id(alarm(1), START + 1));
    assert_ne!(episode_id(alarm(1), START), episode_id(alarm(2), START));
    assert_ne!(episode_id(alarm(1), START), episode_id(AlarmKey::ProbeFault(SensorId::new(Uuid::from_u128(1))), START));
    assert_eq!(episode_id(alarm(1), START).uuid().get_version_num(), 8);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Batches that are at most half an hour late lead to the same head and the same episodes in any order.
    #[test]
    fn the_history_does_not_depend_on_the_order_of_batches(
        values in prop::collection::vec(prop::sample::select(vec![27_000_i64, 27_800, 28_400, 85_000]), 10..30),
        order in prop::collection::vec(any::<u16>(), 30),
    ) {
        let samples: Vec<_> = (0..).zip(values).collect();
        let mut in_order = Tank::new();
        in_order.send(&samples);
        let mut shuffled: Vec<_> = samples.iter().zip(order).collect();
        shuffled.sort_by_key(|(_, rank)| *rank);
        let mut other = Tank::new();
        for (sample, _) in shuffled {
            other.send(&[*sample]);
        }
        prop_assert_eq!(&other.head, &in_order.head);
        // The most extreme value of an episode that ended is not corrected.
        let times = |tank: &Tank| {
            let of = |one: &&AlarmEpisode| (one.id, one.first, one.fired, one.ended, one.muted, one.status);
            tank.episodes().iter().map(of).collect::<Vec<_>>()
        };
        prop_assert_eq!(times(&other), times(&in_order));
    }
}
