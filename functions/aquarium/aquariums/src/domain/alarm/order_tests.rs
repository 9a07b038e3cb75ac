//! Order, duplicates, delays and the division into batches do not matter.

use std::collections::BTreeMap;

use calendar::ZoneName;
use proptest::prelude::*;
use types::{AlarmRuleId, SensorId, Uuid};
use water::Parameter;

use super::alarm_tests::{HEATER, OTHER, START, above, rule, sensor};
use super::*;

/// A sample with the delay of its arrival, in seconds, and whether it comes again.
type Arrival = (Sample, i64, bool);

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let value = prop_oneof![
        4 => 24_000_i64..26_000,
        4 => 27_500_i64..29_000,
        1 => prop::sample::select(vec![85_000_i64, -127_000, 0, 60_000]),
    ];
    let probe = prop::sample::select(vec![HEATER, OTHER]);
    // Runs of one value for some minutes, then a step of up to an hour.
    let run = (probe, value, 1_i64..12, 20_i64..120, 1_i64..3_600);
    let delays = prop::collection::vec((0..LATENESS_S, any::<bool>()), 1..200);
    (prop::collection::vec(run, 1..25), delays).prop_map(|(runs, delays)| {
        let (mut samples, mut at) = (BTreeMap::new(), START);
        for (probe, value, count, interval, step) in runs {
            for index in 0..count {
                samples.entry((at + index * interval, probe)).or_insert(value);
            }
            at += step;
        }
        let delays = delays.into_iter().cycle();
        samples
            .into_iter()
            .zip(delays)
            .map(|(((at, probe), value), (delay, again))| {
                (Sample { sensor: SensorId::new(Uuid::from_u128(probe)), at, value }, delay, again)
            })
            .collect()
    })
}

/// The setup of all cases: a limit, votes, two probes that must agree, a trend, and a window of maintenance.
fn with_setup<T>(run: impl Fn(&Setup<'_>) -> T) -> T {
    let both = vec![SensorId::new(Uuid::from_u128(HEATER)), SensorId::new(Uuid::from_u128(OTHER))];
    let numbered = |number: u128, rule: Rule| Rule { id: AlarmRuleId::new(Uuid::from_u128(number)), ..rule };
    let rules = [
        numbered(200, rule(above(28_000, 500), 120, 180)),
        numbered(201, Rule { votes: Some(Votes { beyond: 2, of: 4 }), ..rule(above(27_000, 1_000), 0, 60) }),
        numbered(
            202,
            Rule {
                sensors: both.clone(),
                ..rule(Condition::Disagree { tolerance: 1_500, band: Band::new(500).unwrap() }, 60, 60)
            },
        ),
        numbered(
            203,
            Rule { sensors: both, ..rule(Condition::Below { limit: 24_500, band: Band::new(200).unwrap() }, 0, 0) },
        ),
        numbered(204, rule(Condition::RisesAbove { limit: 28_000, within_minutes: 600, span_hours: 12 }, 0, 900)),
    ];
    let sensors = [sensor(HEATER, Parameter::Temperature), sensor(OTHER, Parameter::Temperature)];
    let maintenance = Maintenance {
        windows: vec![Window { from: START + 9_000, until: START + 10_000 }],
        ..Maintenance::none(ZoneName::utc())
    };
    run(&Setup { sensors: &sensors, rules: &rules, maintenance: &maintenance, marks: &[START + 20_000] })
}

/// What a history that applies all transitions shows: the episodes by alarm and first sample.
#[derive(Debug, Default, PartialEq, Eq)]
struct History(BTreeMap<(AlarmKey, i64), (i64, Option<i64>)>);

impl History {
    fn apply(&mut self, transition: &Transition) {
        let of = |episode: &Episode| ((transition.alarm, episode.first), (episode.fired, episode.ended));
        match &transition.change {
            Change::Fired(episode) => {
                let (key, value) = of(episode);
                assert_eq!(self.0.insert(key, value), None, "an episode begins once");
            }
            Change::Cleared(episode, _) => {
                let (key, value) = of(episode);
                let before = self.0.insert(key, value).expect("what ends has begun");
                assert_eq!(before.1, value.1.filter(|_| before.1.is_some()), "an episode ends once");
            }
            Change::Corrected { reported_first, episode } | Change::Reopened { reported_first, episode } => {
                assert!(self.0.remove(&(transition.alarm, *reported_first)).is_some());
                let (key, value) = of(episode);
                // A correction of an episode that also ends is followed by its end.
                self.0.insert(key, value);
            }
            Change::Withdrawn(episode) => {
                assert!(self.0.remove(&(transition.alarm, episode.first)).is_some());
            }
            Change::Unsettled { .. } | Change::Settled => {}
        }
    }
}

/// Feeds batches, and returns the last state and the history.
fn feed<'a>(batches: impl Iterator<Item = &'a [Sample]>) -> (AlarmState, History) {
    let batches: Vec<_> = batches.collect();
    with_setup(|setup| {
        let (mut state, mut history) = (AlarmState::default(), History::default());
        for batch in &batches {
            let observed = observe(setup, &state, batch);
            observed.transitions.iter().for_each(|transition| history.apply(transition));
            state = observed.state;
        }
        (state, history)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn order_duplicates_delays_and_batches_do_not_matter(
        arrivals in arrivals(), sizes in prop::collection::vec(1_usize..20, 1..30),
    ) {
        let in_order: Vec<_> = arrivals.iter().map(|(sample, ..)| *sample).collect();
        let expected = feed(in_order.chunks(1));
        prop_assert_eq!(&feed(std::iter::once(in_order.as_slice())), &expected);

        // In the order of arrival, each sample at most `LATENESS_S` behind the newest one. Some come a second time.
        let mut arriving: Vec<(i64, Sample)> = Vec::new();
        for (sample, delay, again) in &arrivals {
            arriving.push((sample.at + delay, *sample));
            if *again {
                arriving.push((sample.at + delay * 3, *sample));
            }
        }
        arriving.sort_by_key(|(arrival, _)| *arrival);
        let arriving: Vec<_> = arriving.into_iter().map(|(_, sample)| sample).collect();
        prop_assert_eq!(&feed(arriving.chunks(1)), &expected);

        let mut rest = arriving.as_slice();
        let mut batches = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (batch, others) = rest.split_at((*size).min(rest.len()));
            batches.push(batch);
            rest = others;
        }
        prop_assert_eq!(&feed(batches.into_iter()), &expected);
    }

    /// The state grows with the lateness that is allowed, and not with time.
    #[test]
    fn the_state_stays_small(values in prop::collection::vec(24_000_i64..29_000, 200..400)) {
        let sensor = SensorId::new(Uuid::from_u128(HEATER));
        let samples: Vec<_> = (0_i64..).zip(&values).map(|(minute, value)| Sample { sensor, at: START + minute * 60, value: *value }).collect();
        let (state, _) = feed(samples.chunks(5));
        // As JSON, where each packed byte takes up to four.
        prop_assert!(serde_json::to_string(&state).unwrap().len() < 4_000);
    }
}
