//! Tests of reports.

use calendar::ZoneName;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn schedule(frequency: Frequency, hour: i8, zone: &str) -> Schedule {
    Schedule { frequency, hour, time_zone: ZoneName::parse(zone).unwrap() }
}

fn content(interval: Interval, last: u16, unit: PeriodUnit) -> Content {
    let metrics = vec![Column { metric: "orders_placed".to_owned(), by: None }];
    Content { metrics, interval, period: RelativePeriod::new(last, unit).unwrap(), format: ReportFormat::Csv }
}

fn report(schedule: Option<Schedule>, now: &str) -> Report {
    let content = content(Interval::Day, 7, PeriodUnit::Day);
    let owner: UserId = "0190b0a0-1111-7000-8000-000000000001".parse().unwrap();
    Report::new(Uuid::nil(), owner, "Sales".to_owned(), content, schedule, at(now))
}

#[test]
fn a_period_ends_with_the_last_whole_unit() {
    for (last, unit, run_at, from, to) in [
        (1, PeriodUnit::Day, "2026-11-29", "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"),
        (7, PeriodUnit::Day, "2026-11-29", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"),
        // A Sunday, and the Monday after it.
        (2, PeriodUnit::Week, "2026-11-29", "2026-11-09T00:00:00Z", "2026-11-23T00:00:00Z"),
        (1, PeriodUnit::Week, "2026-11-30", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
        (1, PeriodUnit::Month, "2026-03-31", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        (13, PeriodUnit::Month, "2026-01-01", "2024-12-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ] {
        let period = RelativePeriod::new(last, unit).unwrap().before(day(run_at)).unwrap();
        assert_eq!(period, Window { from: at(from), to: at(to) }, "{last} {unit:?} before {run_at}");
    }
    assert_eq!((RelativePeriod::new(0, PeriodUnit::Day), RelativePeriod::new(401, PeriodUnit::Day)), (None, None));
}

fn of(metrics: &[(&str, Option<&str>)], interval: Interval, last: u16, unit: PeriodUnit) -> Result<(), ContentError> {
    let column =
        |(metric, by): &(&str, Option<&str>)| Column { metric: (*metric).to_owned(), by: by.map(str::to_owned) };
    Content { metrics: metrics.iter().map(column).collect(), ..content(interval, last, unit) }.check()
}

#[test]
fn the_number_of_values_per_metric_is_bounded() {
    let orders = |interval, last, unit| of(&[("orders_placed", None)], interval, last, unit);
    let too_long = |max| Err(ContentError::TooLong { metric: "orders_placed".to_owned(), max });
    assert_eq!(orders(Interval::Hour, 41, PeriodUnit::Day), Ok(()));
    assert_eq!(orders(Interval::Hour, 42, PeriodUnit::Day), too_long(1_000));
    assert_eq!(orders(Interval::Day, 32, PeriodUnit::Month), Ok(()));
    assert_eq!(orders(Interval::Day, 33, PeriodUnit::Month), too_long(1_000));
    assert_eq!(orders(Interval::Month, 120, PeriodUnit::Month), Ok(()));
    assert_eq!(orders(Interval::Month, 121, PeriodUnit::Month), too_long(120));
}

#[test]
fn distinct_users_have_no_hours_and_shorter_periods() {
    let users = |interval, last| of(&[("active_users", None)], interval, last, PeriodUnit::Day);
    assert_eq!(users(Interval::Hour, 1), Err(ContentError::NotHourly("active_users".to_owned())));
    assert_eq!(users(Interval::Day, 92), Ok(()));
    assert_eq!(users(Interval::Day, 93), Err(ContentError::TooLong { metric: "active_users".to_owned(), max: 92 }));
}

#[test]
fn metrics_and_dimensions_must_be_declared_and_named_once() {
    let check = |metrics: &[(&str, Option<&str>)]| of(metrics, Interval::Day, 7, PeriodUnit::Day);
    assert_eq!(check(&[("orders_placed", None), ("orders_placed", Some("currency"))]), Ok(()));
    assert_eq!(check(&[("orders", None)]), Err(ContentError::UnknownMetric("orders".to_owned())));
    assert_eq!(check(&[("sign_ups", Some("currency"))]), Err(ContentError::UnknownDimension("sign_ups".to_owned())));
    assert_eq!(check(&[("sign_ups", None), ("sign_ups", None)]), Err(ContentError::Repeated("sign_ups".to_owned())));
}

#[test]
fn every_run_of_an_accepted_report_has_few_enough_intervals() {
    for (interval, last, unit) in [
        (Interval::Hour, 41, PeriodUnit::Day),
        (Interval::Day, 32, PeriodUnit::Month),
        (Interval::Month, 120, PeriodUnit::Month),
    ] {
        for month in 1..=12 {
            let range = content(interval, last, unit).range(day(&format!("2028-{month:02}-01"))).unwrap();
            assert!(range.count > 0 && range.count <= MAX_INTERVALS);
        }
    }
    let weeks = content(Interval::Day, 2, PeriodUnit::Week).range(day("2026-11-29")).unwrap();
    assert_eq!(
        (weeks.first.name(), weeks.last().name(), weeks.count),
        ("2026-11-09".to_owned(), "2026-11-22".to_owned(), 14)
    );
}

#[test]
fn schedules_follow_the_wall_clock_through_daylight_saving() {
    let berlin = |frequency, hour, after: &str| schedule(frequency, hour, "Europe/Berlin").next_after(at(after));
    assert_eq!(berlin(Frequency::Daily, 6, "2026-03-28T05:00:00Z"), Some(at("2026-03-29T04:00:00Z")));
    // 02:00 does not exist on this day: due after the gap, once.
    assert_eq!(berlin(Frequency::Daily, 2, "2026-03-28T12:00:00Z"), Some(at("2026-03-29T01:00:00Z")));
    assert_eq!(berlin(Frequency::Daily, 2, "2026-03-29T01:00:00Z"), Some(at("2026-03-30T00:00:00Z")));
    // 02:00 occurs twice on this day: due at the first.
    assert_eq!(berlin(Frequency::Daily, 2, "2026-10-24T12:00:00Z"), Some(at("2026-10-25T00:00:00Z")));
    assert_eq!(berlin(Frequency::Daily, 2, "2026-10-25T00:00:00Z"), Some(at("2026-10-26T01:00:00Z")));
    assert_eq!(berlin(Frequency::Weekly, 8, "2026-11-29T12:00:00Z"), Some(at("2026-11-30T07:00:00Z")));
    assert_eq!(berlin(Frequency::Weekly, 8, "2026-11-30T07:00:00Z"), Some(at("2026-12-07T07:00:00Z")));
    // In UTC, the month ends an hour after the local midnight.
    assert_eq!(berlin(Frequency::Monthly, 0, "2026-11-30T23:00:00Z"), Some(at("2026-12-01T00:00:00Z")));
    assert_eq!(berlin(Frequency::Monthly, 0, "2026-12-01T00:00:00Z"), Some(at("2027-01-01T00:00:00Z")));
    // The first of the month begins on the last day in UTC, which is over at 14:00 of this zone.
    let kiritimati = schedule(Frequency::Monthly, 6, "Pacific/Kiritimati").next_after(at("2026-11-20T00:00:00Z"));
    assert_eq!(kiritimati, Some(at("2026-12-01T00:00:00Z")));
}

#[test]
fn a_due_time_is_taken_once_and_missed_ones_are_skipped() {
    let report = report(Some(schedule(Frequency::Daily, 6, "UTC")), "2026-11-01T07:00:00Z");
    assert_eq!(report.next_run_at, Some(at("2026-11-02T06:00:00Z")));
    assert_eq!(report.take_due(at("2026-11-02T05:59:59Z")), None);
    let due = report.take_due(at("2026-11-02T06:00:00Z")).unwrap();
    assert_eq!((due.at, due.date), (at("2026-11-02T06:00:00Z"), day("2026-11-02")));
    assert_eq!(due.next.next_run_at, Some(at("2026-11-03T06:00:00Z")));
    assert_eq!(due.next.take_due(at("2026-11-02T06:00:01Z")), None);
    let due = due.next.take_due(at("2026-11-06T12:00:00Z")).unwrap();
    assert_eq!((due.at, due.date), (at("2026-11-06T06:00:00Z"), day("2026-11-06")));
    assert_eq!(due.next.next_run_at, Some(at("2026-11-07T06:00:00Z")));
}

#[test]
fn a_run_on_a_local_monday_or_first_covers_the_week_or_month_before() {
    for (frequency, hour, after, due_at, from, to) in [
        (Frequency::Weekly, 1, "2026-10-18T12:00:00Z", "2026-10-19T00:00:00Z", "2026-10-12", "2026-10-19"),
        (Frequency::Weekly, 1, "2026-10-19T12:00:00Z", "2026-10-26T00:00:00Z", "2026-10-19", "2026-10-26"),
        (Frequency::Monthly, 0, "2026-10-31T12:00:00Z", "2026-11-01T00:00:00Z", "2026-10-01", "2026-11-01"),
    ] {
        let schedule = schedule(frequency, hour, "Europe/Berlin");
        let due = schedule.next_after(at(after)).unwrap();
        let window = one(frequency).before(schedule.date_of(due)).unwrap();
        let midnight = |date: &str| at(&format!("{date}T00:00:00Z"));
        assert_eq!((due, window), (at(due_at), Window { from: midnight(from), to: midnight(to) }));
    }
}

/// A period as long as the time between two runs.
fn one(frequency: Frequency) -> RelativePeriod {
    let unit = match frequency {
        Frequency::Daily => PeriodUnit::Day,
        Frequency::Weekly => PeriodUnit::Week,
        Frequency::Monthly => PeriodUnit::Month,
    };
    RelativePeriod::new(1, unit).unwrap()
}

/// All zones of the database.
static ZONES: std::sync::LazyLock<Vec<ZoneName>> = std::sync::LazyLock::new(|| {
    let database = jiff::tz::TimeZoneDatabase::bundled();
    database.available().filter_map(|name| ZoneName::parse(name.as_str()).ok()).collect()
});

#[test]
fn a_report_without_a_schedule_is_never_due() {
    let report = report(None, "2026-11-01T07:00:00Z");
    assert_eq!((report.next_run_at, report.take_due(at("2030-01-01T00:00:00Z"))), (None, None));
}

proptest! {
    #[test]
    fn due_times_increase_and_are_at_most_a_month_apart(
        second in 0_i64..4_000_000_000, hour in 0_i8..24, which in 0_usize..3, zone in 0_usize..5,
    ) {
        let zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"];
        let frequency = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly][which];
        let schedule = schedule(frequency, hour, zones[zone]);
        let mut after = Timestamp::from_second(second).unwrap();
        for _ in 0..4 {
            let due = schedule.next_after(after).unwrap();
            prop_assert!(due > after && due.duration_since(after).as_hours() <= 33 * 24);
            after = due;
        }
    }

    #[test]
    fn consecutive_runs_cover_consecutive_periods_that_are_over(
        // From 2026 to 2096: zones have left out dates in the past.
        second in 1_767_225_600_i64..4_000_000_000, hour in 0_i8..24, which in 0_usize..3, zone in any::<prop::sample::Index>(),
    ) {
        let frequency = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly][which];
        let schedule = Schedule { frequency, hour, time_zone: zone.get(&ZONES).clone() };
        let period = one(frequency);
        let mut due = schedule.next_after(Timestamp::from_second(second).unwrap()).unwrap();
        let mut window = period.before(schedule.date_of(due)).unwrap();
        for _ in 0..14 {
            prop_assert!(window.to <= due, "{schedule:?} {due} {window:?}");
            let next_due = schedule.next_after(due).unwrap();
            let next = period.before(schedule.date_of(next_due)).unwrap();
            prop_assert_eq!(window.to, next.from, "{:?} {} {}", schedule, due, next_due);
            (due, window) = (next_due, next);
        }
    }
}
