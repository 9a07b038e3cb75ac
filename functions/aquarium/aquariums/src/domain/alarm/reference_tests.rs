//! The automaton against a reference that looks back from every minute, in six time zones.
//!
//! The reference keeps no state but the list of past samples: from each minute it looks back at the samples before it. It knows
//! windows of maintenance by the wall clock of each minute.

use calendar::{DailyWindow, ZoneName};
use jiff::Timestamp;
use proptest::prelude::*;
use types::{SensorId, Uuid};
use water::Parameter;

use super::alarm_tests::{HEATER, above, rule, sensor};
use super::*;

const LIMIT: i64 = 100;
const BAND: i64 = 10;
/// Zones and the days on which their clocks change; two of them never do.
const ZONES: [(&str, &str); 6] = [
    ("Europe/London", "2022-10-29T20:00:00Z"),
    ("America/New_York", "2026-03-08T03:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T12:00:00Z"),
    ("Pacific/Chatham", "2026-09-26T10:00:00Z"),
    ("Asia/Kolkata", "2026-11-29T15:00:00Z"),
    ("Asia/Kathmandu", "2026-11-29T15:00:00Z"),
];

/// A day-like case: what each minute brings, and what the keeper has set.
#[derive(Debug, Clone)]
struct Case {
    zone: usize,
    /// The level of the value per minute, and none for a gap.
    minutes: Vec<Option<i64>>,
    for_minutes: i64,
    clear_minutes: i64,
    votes: Option<(u8, u8)>,
    /// Minutes of the day, by the wall clock: from and to.
    daily: Option<(i8, i8, i8, i8)>,
    /// Minutes of the case.
    once: Option<(i64, i64)>,
}

fn cases() -> impl Strategy<Value = Case> {
    // Runs of one level, as water has them, with single deviations.
    let value =
        prop_oneof![Just(Some(150)), Just(Some(101)), Just(Some(95)), Just(Some(90)), Just(Some(50)), Just(None)];
    let run = (value, 1_usize..30).prop_map(|(value, length)| vec![value; length]);
    let minutes = prop::collection::vec(run, 1..40).prop_map(|runs| runs.concat());
    let votes = prop::option::of((2_u8..=8).prop_flat_map(|of| (1..=of, Just(of))));
    let time = || (0_i8..24, prop::sample::select(vec![0_i8, 15, 30, 45]));
    let daily = prop::option::of(
        (time(), time())
            .prop_filter_map("a window has a length", |((h, m), (k, n))| ((h, m) != (k, n)).then_some((h, m, k, n))),
    );
    let once = prop::option::of((0_i64..400, 1_i64..120));
    (0..ZONES.len(), minutes, 0_i64..40, 0_i64..40, votes, daily, once).prop_map(
        |(zone, minutes, for_minutes, clear_minutes, votes, daily, once)| Case {
            zone,
            minutes,
            for_minutes,
            clear_minutes,
            votes,
            daily,
            once,
        },
    )
}

fn start(case: &Case) -> i64 {
    ZONES[case.zone].1.parse::<Timestamp>().unwrap().as_second()
}

/// First sample, sample that fired, and sample that ended, in minutes.
type Known = (i64, i64, Option<i64>, i64);

/// The episodes by looking back.
fn reference(case: &Case) -> Vec<Known> {
    let zone = jiff::tz::TimeZone::get(ZONES[case.zone].0).unwrap();
    let mut episodes: Vec<Known> = Vec::new();
    // Evaluated samples since the last end of an episode or the last suspended sample.
    let mut seen: Vec<(i64, i64)> = Vec::new();
    for (minute, value) in (0_i64..).zip(&case.minutes) {
        let Some(value) = value else { continue };
        let wall = zone.to_datetime(Timestamp::from_second(start(case) + minute * 60).unwrap());
        let of_day = (wall.hour(), wall.minute());
        let is_daily = case.daily.is_some_and(|(h, m, k, n)| {
            let (from, to) = ((h, m), (k, n));
            if from < to { from <= of_day && of_day < to } else { of_day >= from || of_day < to }
        });
        let is_once = case.once.is_some_and(|(from, length)| from <= minute && minute < from + length);
        if is_daily || is_once {
            seen.clear();
            continue;
        }
        seen.push((minute, *value));
        if let Some((first, fired, None, extreme)) = episodes.last().copied() {
            let extreme = extreme.max(*value);
            let back = seen.iter().rev().take_while(|(at, value)| *at > fired && *value <= LIMIT - BAND).last();
            let is_over = back.is_some_and(|(since, _)| minute - since >= case.clear_minutes);
            *episodes.last_mut().unwrap() = (first, fired, is_over.then_some(minute), extreme);
            if is_over {
                seen.clear();
            }
        } else {
            let holds = |index: usize| match case.votes {
                None => seen[index].1 > LIMIT,
                Some((needed, of)) => {
                    let from = (index + 1).saturating_sub(usize::from(of));
                    seen[from..=index].iter().filter(|(_, value)| *value > LIMIT).count() >= usize::from(needed)
                }
            };
            let run: Vec<_> = (0..seen.len()).rev().take_while(|index| holds(*index)).collect();
            let first = run.last().map(|index| seen[*index].0);
            if let Some(first) = first.filter(|first| *value > LIMIT && minute - first >= case.for_minutes) {
                let extreme = seen.iter().filter(|(at, _)| *at >= first).map(|(_, value)| *value).max().unwrap();
                episodes.push((first, minute, None, extreme));
            }
        }
    }
    episodes
}

/// The episodes by the automaton, from the transitions of batches of some minutes.
fn automaton(case: &Case, batch_minutes: usize) -> Vec<Known> {
    let zone = ZoneName::parse(ZONES[case.zone].0).unwrap();
    let time = |hour, minute| jiff::civil::time(hour, minute, 0, 0);
    let start = start(case);
    let maintenance = Maintenance {
        windows: case
            .once
            .iter()
            .map(|(from, length)| Window { from: start + from * 60, until: start + (from + length) * 60 })
            .collect(),
        daily: case.daily.iter().map(|(h, m, k, n)| DailyWindow::new(time(*h, *m), time(*k, *n)).unwrap()).collect(),
        ..Maintenance::none(zone)
    };
    let seconds = |minutes: i64| u32::try_from(minutes * 60).unwrap();
    let votes = case.votes.map(|(beyond, of)| Votes { beyond, of });
    let rules = [Rule { votes, ..rule(above(LIMIT, BAND), seconds(case.for_minutes), seconds(case.clear_minutes)) }];
    let sensors = [sensor(HEATER, Parameter::Oxygen)];
    let setup = Setup { sensors: &sensors, rules: &rules, maintenance: &maintenance, marks: &[] };
    let samples: Vec<_> = (0_i64..)
        .zip(&case.minutes)
        .filter_map(|(minute, value)| {
            Some(Sample { sensor: SensorId::new(Uuid::from_u128(HEATER)), at: start + minute * 60, value: (*value)? })
        })
        .collect();
    let mut state = AlarmState::default();
    let mut episodes: Vec<Episode> = Vec::new();
    for batch in samples.chunks(batch_minutes) {
        let observed = observe(&setup, &state, batch);
        for transition in observed.transitions {
            match transition.change {
                Change::Fired(episode) => episodes.push(episode),
                Change::Cleared(episode, EndCause::Recovered) => *episodes.last_mut().unwrap() = episode,
                Change::Unsettled { .. } | Change::Settled => {}
                other => panic!("samples in order correct nothing: {other:?}"),
            }
        }
        state = observed.state;
    }
    // The extreme value of an open episode grows without a transition.
    if let Some(open) = state.open_episodes().next() {
        *episodes.last_mut().unwrap() = open.episode;
    }
    let minute = |second: i64| (second - start) / 60;
    episodes
        .into_iter()
        .map(|episode| (minute(episode.first), minute(episode.fired), episode.ended.map(minute), episode.extreme))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_automaton_is_its_reference(case in cases(), batch_minutes in 1_usize..90) {
        prop_assert_eq!(automaton(&case, batch_minutes), reference(&case));
    }
}

/// The cases are worth something: many of them fire, end, and are suspended across a change of the clock.
#[test]
fn cases_fire_and_end() {
    let hot = Case {
        zone: 0,
        minutes: [vec![Some(50); 20], vec![Some(150); 400], vec![Some(50); 120]].concat(),
        for_minutes: 10,
        clear_minutes: 15,
        votes: None,
        // London's clock shows 01:30 twice that night: at minutes 270 and 330.
        daily: Some((1, 30, 1, 45)),
        once: None,
    };
    assert_eq!(reference(&hot), [(20, 30, Some(435), 150)]);
    assert_eq!(automaton(&hot, 5), reference(&hot));
    // Back from minute 250 on: the first window begins the 30 minutes anew, and they are over before the second one.
    let mut back = hot.clone();
    back.clear_minutes = 30;
    back.minutes = [vec![Some(150); 250], vec![Some(50); 200]].concat();
    assert_eq!(reference(&back), [(0, 10, Some(315), 150)]);
    assert_eq!(automaton(&back, 7), reference(&back));
}
