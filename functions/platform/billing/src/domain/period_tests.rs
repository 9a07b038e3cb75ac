//! Period anchors: ends of months, zones, daylight saving time.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn anchor(at: &str, zone: &str) -> Anchor {
    Anchor::new(instant(at), ZoneName::parse(zone).unwrap())
}

fn dates(anchor: &Anchor, interval: Interval, numbers: std::ops::Range<i32>) -> Vec<String> {
    let local = |number| anchor.zone.local(anchor.bound(interval, number).unwrap()).to_string();
    numbers.map(local).collect()
}

#[test]
fn case_15_an_anchor_on_the_31st_is_clamped_and_returns() {
    let anchor = anchor("2026-01-31T09:00:00Z", "UTC");
    let starts = dates(&anchor, Interval::Month, 0..5);
    let wanted = [
        "2026-01-31T09:00:00",
        "2026-02-28T09:00:00",
        "2026-03-31T09:00:00",
        "2026-04-30T09:00:00",
        "2026-05-31T09:00:00",
    ];
    assert_eq!(starts, wanted);
    assert_eq!(dates(&anchor, Interval::Month, 25..26), ["2028-02-29T09:00:00"]);
}

#[test]
fn a_year_from_a_leap_day_returns_to_it() {
    let anchor = anchor("2028-02-29T12:00:00Z", "UTC");
    let starts = dates(&anchor, Interval::Year, 0..5);
    assert_eq!(
        starts[1..],
        ["2029-02-28T12:00:00", "2030-02-28T12:00:00", "2031-02-28T12:00:00", "2032-02-29T12:00:00"]
    );
}

#[test]
fn bounds_keep_the_wall_time_over_daylight_saving_time() {
    let anchor = anchor("2026-03-15T07:30:00Z", "Europe/Berlin");
    let period = anchor.period(Interval::Month, 0).unwrap();
    // 31 days less the hour that the clocks skip on 29 March.
    assert_eq!(period.seconds(), 31 * 86_400 - 3_600);
    assert_eq!(period.end.to_string(), "2026-04-15T06:30:00Z");
    let autumn = anchor.containing(Interval::Month, instant("2026-10-25T12:00:00Z")).unwrap();
    assert_eq!(autumn.seconds(), 31 * 86_400 + 3_600);
}

#[test]
fn a_bound_in_a_skipped_hour_falls_after_it_and_the_next_one_returns() {
    let anchor = anchor("2026-02-28T01:30:00Z", "Europe/Berlin");
    let period = Anchor::new(instant("2026-01-29T01:30:00Z"), anchor.zone.clone()).period(Interval::Month, 2).unwrap();
    // 29 March 2026 has no 02:30.
    assert_eq!(period.start.to_string(), "2026-03-29T01:30:00Z");
    assert_eq!(anchor.zone.local(period.end).to_string(), "2026-04-29T02:30:00");
}

#[test]
fn an_anchor_at_the_second_of_two_equal_wall_times_stays_there() {
    let second = anchor("2026-10-25T01:30:00Z", "Europe/Berlin");
    assert_eq!(second.bound(Interval::Month, 0), Some(second.at));
    assert_eq!(second.containing(Interval::Month, second.at).unwrap().number, 0);
    let first = instant("2026-10-25T00:30:00Z");
    assert_eq!(second.containing(Interval::Month, first).unwrap().number, -1);
}

#[test]
fn billing_counts_whole_seconds() {
    assert_eq!(anchor("2026-01-31T09:00:00.999Z", "UTC").at, instant("2026-01-31T09:00:00Z"));
}

const ZONES: [&str; 6] =
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_instant_is_in_exactly_one_period_and_periods_touch(
        start in 0..4_000_000_000_i64,
        offset in -300_000_000..300_000_000_i64,
        zone in 0..ZONES.len(),
        interval in prop::sample::select(vec![Interval::Month, Interval::Quarter, Interval::Year]),
    ) {
        let anchor = Anchor::new(Timestamp::from_second(start).unwrap(), ZoneName::parse(ZONES[zone]).unwrap());
        let at = anchor.at + SignedDuration::from_secs(offset);
        let period = anchor.containing(interval, at).unwrap();
        prop_assert!(period.contains(at) && period.seconds() > 0);
        let next = anchor.period(interval, period.number + 1).unwrap();
        prop_assert_eq!(period.end, next.start);
    }
}
