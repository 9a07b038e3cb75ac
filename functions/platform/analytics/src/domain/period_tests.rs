use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn periods_begin_at_their_first_instant_and_end_before_the_next() {
    let names = |text: &str| Interval::ALL.map(|interval| Period::containing(at(text), interval).name());
    assert_eq!(names("2026-11-29T13:59:59.999Z"), ["2026-11-29T13", "2026-11-29", "2026-11"]);
    assert_eq!(names("2026-12-01T00:00:00Z"), ["2026-12-01T00", "2026-12-01", "2026-12"]);
    assert_eq!(names("2026-11-30T23:59:59.999999999Z"), ["2026-11-30T23", "2026-11-30", "2026-11"]);
    // A time with an offset belongs to its hour in UTC.
    assert_eq!(names("2027-01-01T00:30:00+01:00"), ["2026-12-31T23", "2026-12-31", "2026-12"]);
}

#[test]
fn a_range_contains_every_period_that_it_touches() {
    let range = |from, to, interval| {
        Range::between(at(from), at(to), interval, 40)
            .map(|range| (range.first.name(), range.last().name(), range.count))
    };
    let day = |first: &str, last: &str, count| Ok((first.to_owned(), last.to_owned(), count));
    assert_eq!(
        range("2026-11-29T13:00:00Z", "2026-11-30T00:00:00Z", Interval::Day),
        day("2026-11-29", "2026-11-29", 1)
    );
    assert_eq!(
        range("2026-11-29T13:00:00Z", "2026-11-30T00:00:01Z", Interval::Day),
        day("2026-11-29", "2026-11-30", 2)
    );
    assert_eq!(range("2026-01-31T00:00:00Z", "2026-03-01T00:00:00Z", Interval::Month), day("2026-01", "2026-02", 2));
    assert_eq!(range("2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z", Interval::Day), Err(RangeError::Empty));
    assert_eq!(
        range("2026-11-01T00:00:00Z", "2026-12-11T00:00:00Z", Interval::Day),
        day("2026-11-01", "2026-12-10", 40)
    );
    assert_eq!(range("2026-11-01T00:00:00Z", "2026-12-11T00:00:00.001Z", Interval::Day), Err(RangeError::TooLong(40)));
}

#[test]
fn a_range_at_the_end_of_the_calendar_ends() {
    let range = Range::between(at("9999-12-30T20:00:00Z"), Timestamp::MAX, Interval::Hour, 1_000).unwrap();
    assert!(range.periods().count() <= 1_000 && range.count > 0);
}

proptest! {
    #[test]
    fn every_instant_is_in_exactly_one_period(seconds in 0..4_000_000_000_i64, nanos in 0..1_000_000_000_i32) {
        let instant = Timestamp::new(seconds, nanos).unwrap();
        for interval in Interval::ALL {
            let period = Period::containing(instant, interval);
            prop_assert!(period.start() <= instant && instant < period.end());
            prop_assert_eq!(Period::containing(period.start(), interval), period);
            prop_assert_eq!(period.offset(1).unwrap().offset(-1), Some(period));
        }
    }

    #[test]
    fn the_periods_of_a_range_follow_each_other(seconds in 0..4_000_000_000_i64, length in 1..3_000_000_i64) {
        let (from, to) = (Timestamp::from_second(seconds).unwrap(), Timestamp::from_second(seconds + length).unwrap());
        for interval in Interval::ALL {
            let range = Range::between(from, to, interval, 1_000).unwrap();
            let periods: Vec<_> = range.periods().collect();
            prop_assert_eq!(periods.len(), range.count);
            prop_assert!(periods.first().unwrap().start() <= from && to <= periods.last().unwrap().end());
            prop_assert!(periods.windows(2).all(|pair| pair[0].end() == pair[1].start()));
            prop_assert_eq!(*periods.last().unwrap(), range.last());
        }
    }
}
