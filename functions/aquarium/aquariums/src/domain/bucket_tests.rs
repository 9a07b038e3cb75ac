use proptest::prelude::*;

use super::*;

fn sensor(number: u8) -> SensorId {
    SensorId::new(Uuid::from_u128(u128::from(number)))
}

/// Samples of three sensors with one value per second, as a device sends them.
fn samples() -> impl Strategy<Value = Vec<(u8, u16, i64)>> {
    proptest::collection::btree_map((0..3_u8, 0..3_600_u16), -300_000..10_000_000_i64, 0..120)
        .prop_map(|samples| samples.into_iter().map(|((sensor, offset), value)| (sensor, offset, value)).collect())
}

fn measured(value: i64) -> Measured {
    Measured { value, suspect: value < 0 }
}

fn hour(samples: &[(u8, u16, i64)]) -> HourSamples {
    let mut hour = HourSamples::default();
    for (number, offset, value) in samples {
        hour.add(sensor(*number), *offset, measured(*value));
    }
    hour
}

proptest! {
    #[test]
    fn order_duplicates_and_batches_do_not_matter(
        samples in samples(),
        shuffled in any::<prop::sample::Index>(),
        repeated in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
        batch in 1..40_usize,
    ) {
        let whole = hour(&samples);
        let mut other = samples.clone();
        other.reverse();
        if !other.is_empty() {
            let at = shuffled.index(other.len());
            other.rotate_left(at);
            for repeat in repeated {
                other.push(samples[repeat.index(samples.len())]);
            }
        }
        let mut merged = HourSamples::default();
        for batch in other.chunks(batch) {
            merged.merge(&hour(batch));
        }
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(merged.rollups(), whole.rollups());
        let again = merged.merge(&whole);
        prop_assert_eq!(again, Counts { duplicates: samples.len(), ..Counts::default() });
    }

    #[test]
    fn samples_and_rollups_come_back_as_they_were_packed(samples in samples()) {
        let hour = hour(&samples);
        prop_assert_eq!(HourSamples::try_from(Packed::from(hour.clone())), Ok(hour.clone()));
        let rollups = hour.rollups();
        prop_assert_eq!(HourRollups::try_from(Packed::from(rollups.clone())), Ok(rollups));
    }

    #[test]
    fn rollups_are_the_statistics_of_the_values_that_are_not_suspect(samples in samples()) {
        let (hour_samples, at) = (hour(&samples), Hour::numbered(490_000));
        for number in 0..3 {
            let rollups: Vec<_> = hour_samples.rollups().of(sensor(number), at).collect();
            let good: Vec<_> =
                samples.iter().filter(|(of, _, value)| *of == number && *value >= 0).collect();
            prop_assert_eq!(rollups.iter().map(|(_, rollup)| rollup.count).sum::<u64>(), good.len() as u64);
            for (start, rollup) in rollups {
                let values: Vec<_> = good
                    .iter()
                    .filter(|(_, offset, _)| (start..start + 900).contains(&at.second(*offset)))
                    .map(|(_, _, value)| *value)
                    .collect();
                prop_assert_eq!(rollup.sum, values.iter().sum::<i64>());
                prop_assert_eq!(Some(&rollup.min), values.iter().min());
                prop_assert_eq!(Some(&rollup.max), values.iter().max());
                prop_assert_eq!((Some(&rollup.first), Some(&rollup.last)), (values.first(), values.last()));
            }
        }
    }
}

#[test]
fn the_first_value_of_a_second_stands_and_another_one_is_a_conflict() {
    let mut hour = HourSamples::default();
    let added: Vec<_> = [25_000, 25_000, 26_000].map(|value| hour.add(sensor(1), 7, measured(value))).into();
    assert_eq!(
        added,
        [
            Counts { stored: 1, ..Counts::default() },
            Counts { duplicates: 1, ..Counts::default() },
            Counts { conflicts: 1, ..Counts::default() }
        ]
    );
    assert_eq!(hour.of(sensor(1), Hour::numbered(0)).collect::<Vec<_>>(), [(7, measured(25_000))]);
}

#[test]
fn a_minute_value_of_a_steady_probe_takes_at_most_three_bytes() {
    let mut hour = HourSamples::default();
    for minute in 0..60_u16 {
        // A probe with steps of 0.0625 K that follows a heater.
        hour.add(sensor(1), minute * 60, measured(25_000 + i64::from(minute % 8) * 62));
    }
    let bytes = Packed::from(hour).len();
    assert!(bytes <= 16 + 1 + 2 + 60 * 3, "{bytes}");
}

#[test]
fn damaged_bytes_are_refused() {
    let mut packed = Packed::from(hour(&[(1, 5, 7)]));
    packed.bytes(&[1]);
    assert_eq!(HourSamples::try_from(packed), Err(Corrupt));
    // An offset beyond the hour.
    let mut packed = Packed::default();
    packed.bytes(sensor(1).uuid().as_bytes());
    packed.unsigned(1);
    packed.unsigned(3_600 << 1);
    packed.signed(1);
    assert_eq!(HourSamples::try_from(packed), Err(Corrupt));
}

#[test]
fn doubtful_values_are_judged_by_the_others_of_their_sensor_and_by_nothing_else() {
    let mut samples = HourSamples::default();
    let (lost, cold) = (SensorId::new(Uuid::from_u128(1)), SensorId::new(Uuid::from_u128(2)));
    let mut add = |sensor, offset, value| samples.add(sensor, offset, Measured { value, suspect: false });
    for (offset, value) in [(0, 0), (1, 25_000), (2, -1_000)] {
        add(lost, offset, value);
    }
    add(cold, 0, 0);
    let suspects = |samples: &HourSamples, sensor| {
        let of_sensor = samples.of(sensor, Hour::numbered(1));
        of_sensor.map(|(_, measured)| measured.suspect).collect::<Vec<_>>()
    };
    // Other parameters have no doubtful values.
    samples.judge(lost, Parameter::Level);
    assert_eq!(suspects(&samples, lost), [false; 3]);
    samples.judge(lost, Parameter::Temperature);
    assert_eq!((suspects(&samples, lost), suspects(&samples, cold)), (vec![true, false, true], vec![false]));
    samples.judge(cold, Parameter::Temperature);
    assert_eq!(suspects(&samples, cold), [true], "no other value confirms it");
    assert_eq!(samples.without_suspect().len(), 1);
}
