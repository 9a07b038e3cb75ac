//! Cases that other projects got wrong, and the rules about probes and setup.

use calendar::ZoneName;
use types::{AlarmRuleId, SensorId, Uuid};
use water::{Parameter, TemperatureDifference};

use super::*;

/// A full hour.
pub(super) const START: i64 = 1_796_000_400;
pub(super) const HEATER: u128 = 1;
pub(super) const OTHER: u128 = 2;

pub(super) fn sensor(number: u128, parameter: Parameter) -> SensorSetup {
    let id = SensorId::new(Uuid::from_u128(number));
    SensorSetup { id, parameter, interval_s: 60, jump_per_minute: default_jump(parameter) }
}

pub(super) fn rule(condition: Condition, for_s: u32, clear_for_s: u32) -> Rule {
    let sensors = vec![SensorId::new(Uuid::from_u128(HEATER))];
    Rule { id: AlarmRuleId::new(Uuid::from_u128(100)), sensors, condition, for_s, clear_for_s, votes: None, since: 0 }
}

pub(super) fn above(limit: i64, band: i64) -> Condition {
    Condition::Above { limit, band: Band::new(band).unwrap() }
}

/// Feeds one device, sample by sample.
struct Device {
    sensors: Vec<SensorSetup>,
    rules: Vec<Rule>,
    maintenance: Maintenance,
    marks: Vec<i64>,
    state: AlarmState,
    told: Vec<Change>,
    suspects: Vec<Suspect>,
}

impl Device {
    fn new(parameter: Parameter, rules: Vec<Rule>) -> Self {
        Self {
            sensors: vec![sensor(HEATER, parameter), sensor(OTHER, parameter)],
            rules,
            maintenance: Maintenance::none(ZoneName::utc()),
            marks: Vec::new(),
            state: AlarmState::default(),
            told: Vec::new(),
            suspects: Vec::new(),
        }
    }

    fn send(&mut self, samples: &[Sample]) {
        let setup =
            Setup { sensors: &self.sensors, rules: &self.rules, maintenance: &self.maintenance, marks: &self.marks };
        let observed = observe(&setup, &self.state, samples);
        self.told.extend(observed.transitions.iter().map(|transition| transition.change));
        self.suspects = observed.suspects;
        // What is stored reads back.
        let json = serde_json::to_string(&observed.state).unwrap();
        assert_eq!(serde_json::from_str::<AlarmState>(&json).unwrap(), observed.state);
        self.state = observed.state;
    }

    /// Sends one value of a probe, at a second after the start.
    fn at(&mut self, second: i64, number: u128, value: i64) {
        let sensor = SensorId::new(Uuid::from_u128(number));
        self.send(&[Sample { sensor, at: START + second, value }]);
    }

    /// Sends a value each minute from one minute to another, both included.
    fn minutes(&mut self, minutes: std::ops::RangeInclusive<i64>, value: i64) {
        minutes.for_each(|minute| self.at(minute * 60, HEATER, value));
    }

    fn counts(&self) -> (usize, usize) {
        let fired = self.told.iter().filter(|change| matches!(change, Change::Fired(_))).count();
        let cleared = self.told.iter().filter(|change| matches!(change, Change::Cleared(..))).count();
        (fired, cleared)
    }
}

/// adafruit/Adafruit_Wippersnapper_Arduino#991: a DS18B20 that lost its power reports 85 °C.
#[test]
fn the_power_on_value_of_a_probe_is_quarantined_and_told_to_nobody() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    device.minutes(0..=5, 25_100);
    device.at(3_600, HEATER, 85_000);
    assert_eq!(device.suspects.last().map(|suspect| suspect.reason), Some(Reason::Sentinel));
    device.at(3_660, HEATER, 25_100);
    assert_eq!(device.told, []);
}

#[test]
fn three_nonsensical_samples_over_two_minutes_are_a_fault_of_the_probe() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    device.minutes(0..=5, 25_100);
    // Three within a minute are not enough, three over two minutes are.
    device.at(360, HEATER, 85_000);
    device.at(380, HEATER, 85_000);
    device.at(400, HEATER, 85_000);
    assert_eq!(device.told, []);
    device.at(480, HEATER, 85_000);
    let [Change::Fired(fault)] = device.told.as_slice() else { panic!("{:?}", device.told) };
    assert_eq!((fault.first, fault.fired), (START + 360, START + 480));
    // It works again after three good ones over two minutes.
    device.minutes(9..=10, 25_100);
    assert_eq!(device.counts(), (1, 0));
    device.minutes(11..=11, 25_100);
    assert_eq!(device.counts(), (1, 1));
}

#[test]
fn values_of_a_faulty_probe_count_when_it_works_again() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    device.minutes(0..=5, 25_100);
    device.minutes(6..=8, 85_000);
    assert_eq!(device.counts(), (1, 0));
    // Possible after so many minutes, but the probe is not trusted yet.
    device.minutes(9..=10, 28_500);
    assert_eq!(device.counts(), (1, 0));
    device.minutes(11..=11, 28_500);
    assert_eq!(device.counts(), (2, 1));
}

#[test]
fn votes_from_before_maintenance_do_not_count() {
    let votes = Some(Votes { beyond: 2, of: 3 });
    let mut device = Device::new(Parameter::Oxygen, vec![Rule { votes, ..rule(above(100, 10), 0, 600) }]);
    device.maintenance.windows = vec![Window { from: START + 60, until: START + 120 }];
    device.minutes(0..=2, 150);
    assert_eq!(device.counts(), (0, 0));
    device.minutes(3..=3, 150);
    assert_eq!(device.counts(), (1, 0));
}

/// reef-pi/reef-pi#1467 and #1576: the probe is lost, and the tank looks too cold.
#[test]
fn a_lost_probe_is_a_fault_and_no_cold_water() {
    for error in [-1_000, 0, -127_000] {
        let cold = rule(Condition::Below { limit: 24_000, band: Band::new(500).unwrap() }, 0, 600);
        let mut device = Device::new(Parameter::Temperature, vec![cold]);
        device.minutes(0..=5, 25_000);
        device.minutes(6..=20, error);
        assert_eq!(device.state.open_episodes().count(), 1);
        let alarm = device.state.open_episodes().next().unwrap().alarm;
        assert_eq!(alarm, AlarmKey::ProbeFault(device.sensors[0].id), "{error}");
    }
}

/// A pond in winter has 0 °C.
#[test]
fn zero_degrees_next_to_zero_degrees_are_trusted() {
    let mut device = Device::new(Parameter::Temperature, Vec::new());
    device.minutes(0..=5, 500);
    device.minutes(6..=10, 0);
    assert_eq!((device.told.len(), device.suspects.len()), (0, 0));
}

/// home-assistant/core#133377: a value between both limits after a gap changes nothing.
#[test]
fn a_gap_and_a_value_within_the_band_keep_the_alarm() {
    let mut device = Device::new(Parameter::Oxygen, vec![rule(above(120, 115), 0, 0)]);
    device.at(0, HEATER, 132);
    device.at(7_200, HEATER, 40);
    assert_eq!(device.counts(), (1, 0));
    device.at(7_260, HEATER, 5);
    assert_eq!(device.counts(), (1, 1));
}

/// homeassistant-ai/skills#97.
#[test]
fn a_gap_does_not_begin_a_second_episode() {
    for for_s in [0, 300] {
        let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), for_s, 600)]);
        device.minutes(0..=10, 30_000);
        device.minutes(70..=80, 30_000);
        assert_eq!(device.counts(), (1, 0));
    }
}

/// A gap keeps what is pending: the last known value was beyond the limit, and so is the next one.
#[test]
fn what_is_pending_stays_pending_in_a_gap() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 600, 600)]);
    device.minutes(0..=2, 30_000);
    device.minutes(60..=60, 30_000);
    let [Change::Fired(episode)] = device.told.as_slice() else { panic!("{:?}", device.told) };
    assert_eq!(episode.first, START);
}

/// grafana/grafana#105571.
#[test]
fn an_hour_without_data_neither_ends_nor_begins_an_alarm() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    device.minutes(0..=5, 29_000);
    device.told.clear();
    device.minutes(65..=70, 29_000);
    assert_eq!(device.told, []);
}

/// canonical/hardware-observer-operator#146 and frenck/spook#1493.
#[test]
fn a_value_that_swings_around_its_limit_is_one_alarm() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    for minute in 0..120 {
        device.minutes(minute..=minute, if minute % 2 == 0 { 27_900 } else { 28_100 });
    }
    assert_eq!(device.counts(), (1, 0));
    device.minutes(120..=129, 27_400);
    assert_eq!(device.counts(), (1, 0));
    device.minutes(130..=130, 27_400);
    assert_eq!(device.counts(), (1, 1));
}

/// reef-pi/reef-pi#2117 and #829: durations are of one run, and an hour's end resets nothing.
#[test]
fn durations_count_one_run_across_hours() {
    let mut device = Device::new(Parameter::Level, vec![rule(above(0, 1), 10, 0)]);
    for second in 0..=5 {
        device.at(second, HEATER, 1);
    }
    device.at(6, HEATER, -1);
    for second in 7..=12 {
        device.at(second, HEATER, 1);
    }
    device.at(13, HEATER, -1);
    assert_eq!(device.counts(), (0, 0));
    for second in 20..=31 {
        device.at(second, HEATER, 1);
    }
    assert_eq!(device.counts(), (1, 0));

    let mut device = Device::new(Parameter::Level, vec![rule(above(0, 1), 4_000, 0)]);
    (1_800..=6_800).step_by(50).for_each(|second| device.at(second, HEATER, 1));
    assert_eq!(device.counts(), (1, 0));
    let mut device = Device::new(Parameter::Level, vec![rule(above(0, 1), 4_000, 0)]);
    (1_800..=5_750).step_by(50).for_each(|second| device.at(second, HEATER, 1));
    assert_eq!(device.counts(), (0, 0));
}

#[test]
fn single_outliers_do_not_fire_where_samples_vote() {
    let votes = Some(Votes { beyond: 3, of: 5 });
    let mut device = Device::new(Parameter::Oxygen, vec![Rule { votes, ..rule(above(100, 10), 0, 600) }]);
    for minute in 0..20 {
        device.minutes(minute..=minute, if minute % 3 == 0 { 150 } else { 50 });
    }
    assert_eq!(device.counts(), (0, 0));
    for (minute, value) in [(20, 150), (21, 50), (22, 150), (23, 50), (24, 150)] {
        device.minutes(minute..=minute, value);
    }
    assert_eq!(device.counts(), (1, 0));
}

#[test]
fn a_change_that_water_cannot_make_is_trusted_when_it_lasts() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    device.minutes(0..=5, 25_000);
    device.minutes(6..=6, 31_000);
    assert_eq!(device.suspects.last().map(|suspect| suspect.reason), Some(Reason::Jump));
    assert_eq!(device.counts(), (0, 0));
    // 6 K at 2 K per minute are possible after three minutes.
    device.minutes(7..=8, 31_000);
    assert_eq!(device.counts(), (1, 0));
}

#[test]
fn probes_that_disagree_are_reported_and_used_by_no_rule() {
    let both = vec![SensorId::new(Uuid::from_u128(HEATER)), SensorId::new(Uuid::from_u128(OTHER))];
    let pair = Rule {
        id: AlarmRuleId::new(Uuid::from_u128(101)),
        sensors: both.clone(),
        ..rule(Condition::Disagree { tolerance: 1_000, band: Band::new(500).unwrap() }, 120, 120)
    };
    let hot = Rule { sensors: both, ..rule(above(28_000, 500), 0, 600) };
    let mut device = Device::new(Parameter::Temperature, vec![hot, pair.clone()]);
    let both_at = |device: &mut Device, minute: i64, one: i64, other: i64| {
        device.at(minute * 60, HEATER, one);
        device.at(minute * 60, OTHER, other);
    };
    (0..5).for_each(|minute| both_at(&mut device, minute, 27_000, 27_200));
    (5..15).for_each(|minute| both_at(&mut device, minute, 28_900, 27_200));
    let open: Vec<_> = device.state.open_episodes().map(|one| one.alarm).collect();
    assert_eq!(open, [AlarmKey::Rule(pair.id)]);
    // They agree again that it is too hot.
    (15..20).for_each(|minute| both_at(&mut device, minute, 28_900, 28_700));
    let open: Vec<_> = device.state.open_episodes().map(|one| one.alarm).collect();
    assert_eq!(open, [AlarmKey::Rule(AlarmRuleId::new(Uuid::from_u128(100)))]);
}

#[test]
fn maintenance_suspends_rules_and_keeps_what_fires() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 300, 300)]);
    device.maintenance.windows = vec![Window { from: START + 600, until: START + 3_000 }];
    device.minutes(8..=60, 29_000);
    // Pending since minute 8 was dropped; minute 50 is the first after the window.
    let [Change::Fired(episode)] = device.told.as_slice() else { panic!("{:?}", device.told) };
    assert_eq!((episode.first, episode.fired), (START + 3_000, START + 3_300));
    device.maintenance.windows.push(Window { from: START + 3_660, until: START + 7_200 });
    device.minutes(61..=119, 25_000);
    assert_eq!(device.counts(), (1, 0));
    device.minutes(120..=125, 25_000);
    assert_eq!(device.counts(), (1, 1));
}

#[test]
fn too_many_episodes_are_told_once_as_unsettled_until_an_hour_is_calm() {
    let mut device = Device::new(Parameter::Oxygen, vec![rule(above(100, 10), 0, 0)]);
    for minute in (0..40).step_by(2) {
        device.minutes(minute..=minute, 150);
        device.minutes(minute + 1..=minute + 1, 50);
    }
    let told = device.told.iter().filter(|change| matches!(change, Change::Fired(episode) if !episode.muted)).count();
    let unsettled = device.told.iter().filter(|change| matches!(change, Change::Unsettled { .. })).count();
    assert_eq!((told, unsettled), (4, 1));
    device.told.clear();
    device.minutes(40..=98, 50);
    assert_eq!(device.told, []);
    device.minutes(99..=99, 50);
    assert_eq!(device.told, [Change::Settled]);
    device.minutes(100..=100, 150);
    assert!(matches!(device.told.as_slice(), [_, Change::Fired(Episode { muted: false, .. })]));
}

fn began_and_unsettled(told: &[Change]) -> (usize, usize) {
    let began = told.iter().filter(|change| matches!(change, Change::Fired(episode) if !episode.muted)).count();
    (began, told.iter().filter(|change| matches!(change, Change::Unsettled { .. })).count())
}

#[test]
fn a_probe_with_a_loose_contact_is_told_once_as_unsettled() {
    let mut device = Device::new(Parameter::Temperature, Vec::new());
    for round in 0..10 {
        device.minutes(round * 6..=round * 6 + 2, 85_000);
        device.minutes(round * 6 + 3..=round * 6 + 5, 25_100);
    }
    assert_eq!(began_and_unsettled(&device.told), (4, 1));
    device.told.clear();
    device.minutes(60..=130, 25_100);
    assert_eq!(device.told, [Change::Settled]);
    device.minutes(131..=133, 85_000);
    assert_eq!(began_and_unsettled(&device.told), (1, 0));
}

#[test]
fn a_rule_that_is_changed_again_and_again_is_told_once_as_unsettled() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    for minute in 0..20 {
        device.minutes(minute..=minute, 29_000);
        device.rules[0].since = START + minute * 60 + 30;
        device.send(&[]);
    }
    assert_eq!(began_and_unsettled(&device.told), (4, 1));
}

#[test]
fn a_trend_begins_anew_with_a_water_change() {
    let rises = Condition::RisesAbove { limit: 28_000, within_minutes: 120, span_hours: 6 };
    let warming = |minute: i64| 25_000 + minute * 500 / 60;
    let mut device = Device::new(Parameter::Temperature, vec![rule(rises, 0, 3_600)]);
    (0..300).for_each(|minute| device.minutes(minute..=minute, warming(minute)));
    assert_eq!(device.counts(), (1, 0));
    let mut device = Device::new(Parameter::Temperature, vec![rule(rises, 0, 3_600)]);
    device.marks = vec![START + 120 * 60];
    (0..300).for_each(|minute| device.minutes(minute..=minute, warming(minute)));
    assert_eq!(device.counts(), (0, 0));
}

#[test]
fn a_changed_rule_ends_its_alarm_and_begins_anew() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 600)]);
    device.minutes(0..=5, 29_000);
    device.told.clear();
    device.rules = vec![Rule { since: START + 301, ..rule(above(30_000, 500), 0, 600) }];
    device.send(&[]);
    let [Change::Cleared(episode, EndCause::SetupChanged)] = device.told.as_slice() else {
        panic!("{:?}", device.told)
    };
    assert_eq!((episode.first, episode.ended), (START, Some(START + 301)));
    device.minutes(6..=10, 29_000);
    assert_eq!(device.told.len(), 1);
    // A removed rule ends too, and a removed sensor ends the fault of its probe.
    device.minutes(11..=20, 31_000);
    device.minutes(21..=24, 85_000);
    assert_eq!(device.state.open_episodes().count(), 2);
    device.rules.clear();
    device.sensors.remove(0);
    device.send(&[]);
    assert_eq!(device.state.open_episodes().count(), 0);
}

#[test]
fn a_late_sample_corrects_the_beginning_and_withdraws_what_never_was() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 300, 300)]);
    device.minutes(10..=15, 29_000);
    device.told.clear();
    // The minutes before it were beyond as well.
    device.at(480, HEATER, 29_000);
    let [Change::Corrected { reported_first, episode }] = device.told.as_slice() else { panic!("{:?}", device.told) };
    assert_eq!((*reported_first, episode.first), (START + 600, START + 480));
    // In between, the water was cool: nothing held for five minutes.
    device.told.clear();
    device.at(750, HEATER, 27_800);
    assert!(matches!(device.told.as_slice(), [Change::Withdrawn(episode)] if episode.first == START + 480));
}

#[test]
fn a_late_sample_reopens_an_episode_whose_end_was_told() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 300)]);
    device.minutes(0..=5, 29_000);
    device.at(360, HEATER, 27_300);
    device.at(660, HEATER, 27_300);
    assert_eq!(device.counts(), (1, 1));
    device.at(500, HEATER, 28_500);
    assert!(matches!(device.told.last(), Some(Change::Reopened { reported_first: START, .. })));
    device.at(960, HEATER, 27_300);
    assert_eq!(device.counts(), (1, 2));
}

#[test]
fn samples_that_are_too_late_move_nothing() {
    let mut device = Device::new(Parameter::Temperature, vec![rule(above(28_000, 500), 0, 300)]);
    device.minutes(60..=60, 25_000);
    let before = device.state.clone();
    device.at(3_600 - LATENESS_S, HEATER, 29_000);
    assert_eq!(device.state, before);
    device.at(3_601 - LATENESS_S, HEATER, 29_000);
    assert_eq!(device.counts().0, 1);
}

#[test]
fn impossible_rules_are_refused() {
    let hot = rule(above(28_000, 500), 0, 0);
    let check = |rule: &Rule| rule.check(Parameter::Temperature);
    assert_eq!(check(&hot), Ok(()));
    assert_eq!(Band::new(0), Err(RuleError::Band));
    assert_eq!(Band::of_temperature(TemperatureDifference::from_millikelvin(-1).unwrap()), Err(RuleError::Band));
    assert_eq!(check(&Rule { condition: above(300_000, 500), ..hot.clone() }), Err(RuleError::Limit));
    assert_eq!(check(&Rule { condition: above(28_000, 900_000), ..hot.clone() }), Err(RuleError::Band));
    assert_eq!(check(&Rule { sensors: Vec::new(), ..hot.clone() }), Err(RuleError::Sensors));
    assert_eq!(check(&Rule { sensors: vec![hot.sensors[0]; 2], ..hot.clone() }), Err(RuleError::Sensors));
    assert_eq!(check(&Rule { for_s: MAX_DURATION_S + 1, ..hot.clone() }), Err(RuleError::Duration));
    assert_eq!(check(&Rule { clear_for_s: MAX_DURATION_S + 1, ..hot.clone() }), Err(RuleError::ClearDuration));
    for (beyond, of) in [(0, 5), (6, 5), (1, 1), (1, MAX_VOTES + 1)] {
        assert_eq!(check(&Rule { votes: Some(Votes { beyond, of }), ..hot.clone() }), Err(RuleError::Votes));
    }
    let pair = Condition::Disagree { tolerance: 500, band: Band::new(200).unwrap() };
    assert_eq!(check(&Rule { condition: pair, ..hot.clone() }), Err(RuleError::Sensors));
    let trend = Condition::RisesAbove { limit: 28_000, within_minutes: 60, span_hours: 5 };
    assert_eq!(check(&Rule { condition: trend, ..hot }), Err(RuleError::Trend));
    assert!(serde_json::from_str::<Band>("0").is_err());
}
