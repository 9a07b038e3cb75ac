//! Rules against a walk over every day, and instants against a search among all offsets of a zone.

use crate::{Clock, Recurrence, RuleError, RulePart, ZoneName, format_local, parse_local};
use jiff::civil::{DateTime, Weekday, date};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

/// An hour of change in Berlin and New York, half an hour in Lord Howe, and at midnight in Santiago.
const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"];

fn zone(name: &str) -> ZoneName {
    ZoneName::parse(name).unwrap()
}

fn rule(text: &str, name: &str, start: &str) -> Recurrence {
    Recurrence::parse(text, zone(name), parse_local(start).unwrap()).unwrap()
}

/// All occurrences of a short rule.
fn all(recurrence: &Recurrence) -> Vec<Timestamp> {
    let mut found: Vec<Timestamp> = Vec::new();
    while let Some(next) = recurrence.next_after(found.last().copied().unwrap_or(Timestamp::MIN)) {
        found.push(next);
    }
    found
}

/// RFC 5545, 3.3.5, by trying each offset that the zone has within a day: the first instant whose clock shows this, and in
/// a gap the offset from before.
fn brute_instant(zone: &ZoneName, local: DateTime) -> Timestamp {
    let as_utc = jiff::tz::TimeZone::UTC.to_timestamp(local).unwrap();
    let offset_at = |at: Timestamp| i64::from(zone.zone().to_offset(at).seconds());
    let around = (-30..=30).map(|hours| as_utc + jiff::SignedDuration::from_hours(hours));
    let mut offsets: Vec<_> = around.map(offset_at).collect();
    let before = offset_at(as_utc - jiff::SignedDuration::from_hours(30));
    offsets.sort_unstable();
    offsets.dedup();
    let candidates = offsets.iter().map(|offset| as_utc - jiff::SignedDuration::from_secs(*offset));
    let shown = candidates.filter(|at| zone.zone().to_datetime(*at) == local).min();
    shown.unwrap_or_else(|| as_utc - jiff::SignedDuration::from_secs(before))
}

/// Whether a rule takes a day, which is the n-th from its start.
type Takes = Box<dyn Fn(jiff::civil::Date, i64) -> bool>;

/// What a walk over every day finds.
fn walk(
    zone: &ZoneName,
    start: DateTime,
    times: &[(i8, i8)],
    takes: impl Fn(jiff::civil::Date, i64) -> bool,
) -> Vec<Timestamp> {
    let end = start + 5.years();
    let mut found = Vec::new();
    let (mut day, mut number) = (start.date(), 0);
    while day <= end.date() {
        for (hour, minute) in times {
            let local = day.at(*hour, *minute, 0, 0);
            if local >= start && local <= end && takes(day, number) {
                found.push(brute_instant(zone, local));
            }
        }
        (day, number) = (day.tomorrow().unwrap(), number + 1);
    }
    found.sort_unstable();
    found.dedup();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn occurrences_equal_a_walk_over_five_years_of_days(
        zone_index in 0..4_usize,
        year in 2024..2027_i16, month in 1..=12_i8, day in 1..=28_i8,
        // Most clocks change between one and three at night.
        hour in prop_oneof![0..4_i8, 0..24_i8], minute in prop::sample::select(vec![0_i8, 15, 30, 45, 59]),
        interval in 1..6_i64, kind in 0..5_usize,
    ) {
        let zone = zone(ZONES[zone_index]);
        let start = date(year, month, day).at(hour, minute, 0, 0);
        let first = start.date();
        let weekday = |day: jiff::civil::Date| day.weekday().to_monday_zero_offset();
        let (text, times, takes): (String, Vec<(i8, i8)>, Takes) = match kind {
            0 => (format!("FREQ=DAILY;INTERVAL={interval}"), vec![(hour, minute)],
                Box::new(move |_, number| number % interval == 0)),
            1 => ("FREQ=WEEKLY;BYDAY=SU,WE".into(), vec![(hour, minute)],
                Box::new(move |day, _| matches!(day.weekday(), Weekday::Sunday | Weekday::Wednesday))),
            2 => (format!("FREQ=WEEKLY;INTERVAL={interval};BYDAY=SU"), vec![(hour, minute)],
                // Weeks begin on Monday.
                Box::new(move |day, number| day.weekday() == Weekday::Sunday
                    && ((number + i64::from(weekday(first))) / 7) % interval == 0)),
            3 => ("FREQ=MONTHLY;BYDAY=-1SU".into(), vec![(hour, minute)],
                Box::new(|day, _| day.weekday() == Weekday::Sunday && day.saturating_add(1.week()).month() != day.month())),
            // Wall times that the clocks skip or show twice, side by side.
            _ => (format!("FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE={minute}"), vec![(1, minute), (2, minute), (3, minute)],
                Box::new(|_, _| true)),
        };
        let recurrence = Recurrence::parse(&text, zone.clone(), start).unwrap();
        let wanted = walk(&zone, start, &times, takes);
        prop_assert_eq!(recurrence.next_after(Timestamp::MIN), wanted.first().copied());
        if let [first, .., last] = wanted[..wanted.len().min(9)] {
            prop_assert_eq!(&recurrence.between(first, last, 100), &wanted[1..wanted.len().min(9)]);
            prop_assert_eq!(recurrence.between(first, last, 2).len(), 2.min(wanted.len() - 1));
        }
        // Around each change of the clocks, at the end, and here and there: each look goes through all that was before.
        let offset = |at: Timestamp| zone.zone().to_offset(at);
        for (index, at) in wanted.iter().enumerate() {
            let near = &wanted[index.saturating_sub(3)..(index + 4).min(wanted.len())];
            if index % 211 == 0 || index + 1 == wanted.len() || near.iter().any(|other| offset(*other) != offset(*at)) {
                prop_assert_eq!(recurrence.next_after(*at), wanted.get(index + 1).copied());
            }
        }
    }

    #[test]
    fn whatever_is_typed_is_refused_or_comes_in_order(text in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|HOURLY);?)?([A-Z]{2,9}=[0-9A-Z,+-]{1,6};?){0,4}") {
        if let Ok(rule) = Recurrence::parse(&text, zone("Europe/Berlin"), date(2026, 1, 31).at(8, 0, 0, 0)) {
            let first = rule.next_after(Timestamp::MIN).unwrap();
            prop_assert!(rule.next_after(first).is_none_or(|second| second > first));
        }
    }
}

#[test]
fn what_the_clocks_skip_comes_later_by_the_gap_and_of_what_they_show_twice_the_first_counts() {
    // Berlin leaves out 2:00 to 3:00 on 29 March 2026, and has it twice on 25 October.
    let daily = rule("FREQ=DAILY;COUNT=3", "Europe/Berlin", "2026-03-28T02:30");
    let shown: Vec<_> = all(&daily).iter().map(|at| format_local(daily.local(*at))).collect();
    assert_eq!(shown, ["2026-03-28T02:30", "2026-03-29T03:30", "2026-03-30T02:30"]);
    let yearly = rule("FREQ=YEARLY;COUNT=1", "Europe/Berlin", "2026-10-25T02:30");
    assert_eq!(all(&yearly), ["2026-10-25T00:30:00Z".parse().unwrap()]);
    // Two wall times that become one instant are one occurrence.
    let twice = rule("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30;COUNT=4", "Europe/Berlin", "2026-03-29T00:00");
    assert_eq!(all(&twice).len(), 3);
    // Lord Howe moves by half an hour: 2:00 to 2:30 is left out on 4 October 2026.
    let half = rule("FREQ=DAILY;COUNT=1", "Australia/Lord_Howe", "2026-10-04T02:15");
    assert_eq!(format_local(half.local(all(&half)[0])), "2026-10-04T02:45");
}

#[test]
fn an_end_is_an_instant_and_counts_if_it_is_met() {
    let until =
        |end: &str| all(&rule(&format!("FREQ=DAILY;UNTIL={end}"), "America/New_York", "2026-03-01T18:00")).len();
    // 18:00 in New York is 23:00 UTC in winter, and 22:00 from 8 March on.
    assert_eq!(until("20260303T230000Z"), 3);
    assert_eq!(until("20260303T225959Z"), 2);
    assert_eq!(until("20260310T220000Z"), 10);
}

/// dmfs/lib-recur#15: a weekly rule with a numbered weekday occurred every day.
#[test]
fn rules_beyond_the_bounds_are_refused_each_with_its_reason() {
    use RulePart::{
        ByDay, ByHour, ByMinute, ByMonth, ByMonthDay, BySetPos, ByWeekNo, ByYearDay, Count, Freq, Interval, Until, Wkst,
    };
    let parse = |text: &str| Recurrence::parse(text, zone("UTC"), date(2026, 1, 1).at(8, 0, 0, 0)).unwrap_err();
    for (text, wanted) in [
        ("", RuleError::Shape),
        ("daily", RuleError::Shape),
        ("FREQ=DAILY\nRRULE:FREQ=DAILY", RuleError::Value(Freq)),
        ("RRULE:FREQ=DAILY", RuleError::Shape),
        ("FREQ=DAILY;", RuleError::Shape),
        ("FREQ=DAILY;FREQ=WEEKLY", RuleError::Repeated(Freq)),
        ("BYDAY=MO", RuleError::Missing(Freq)),
        ("FREQ=HOURLY", RuleError::Value(Freq)),
        ("FREQ=OFTEN", RuleError::Value(Freq)),
        ("FREQ=DAILY;EVER=1", RuleError::UnknownPart),
        ("FREQ=DAILY;BYSECOND=1", RuleError::UnknownPart),
        ("FREQ=DAILY;INTERVAL=0", RuleError::Value(Interval)),
        ("FREQ=DAILY;INTERVAL=367", RuleError::Value(Interval)),
        ("FREQ=DAILY;INTERVAL=+2", RuleError::Value(Interval)),
        ("FREQ=DAILY;COUNT=10001", RuleError::Value(Count)),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7", RuleError::Value(ByHour)),
        ("FREQ=DAILY;BYHOUR=24", RuleError::Value(ByHour)),
        ("FREQ=DAILY;BYHOUR=-1", RuleError::Value(ByHour)),
        ("FREQ=DAILY;BYHOUR=1,,2", RuleError::Value(ByHour)),
        ("FREQ=DAILY;BYMINUTE=1,2", RuleError::Value(ByMinute)),
        ("FREQ=DAILY;BYMINUTE=60", RuleError::Value(ByMinute)),
        ("FREQ=DAILY;WKST=2MO", RuleError::Value(Wkst)),
        ("FREQ=DAILY;BYMONTH=0", RuleError::Value(ByMonth)),
        ("FREQ=DAILY;BYMONTH=13", RuleError::Value(ByMonth)),
        ("FREQ=DAILY;BYMONTH=-1", RuleError::Value(ByMonth)),
        ("FREQ=MONTHLY;BYMONTHDAY=0", RuleError::Value(ByMonthDay)),
        ("FREQ=MONTHLY;BYMONTHDAY=32", RuleError::Value(ByMonthDay)),
        ("FREQ=YEARLY;BYYEARDAY=0", RuleError::Value(ByYearDay)),
        ("FREQ=YEARLY;BYYEARDAY=-367", RuleError::Value(ByYearDay)),
        ("FREQ=YEARLY;BYWEEKNO=54", RuleError::Value(ByWeekNo)),
        ("FREQ=MONTHLY;BYDAY=0MO", RuleError::Value(ByDay)),
        ("FREQ=MONTHLY;BYDAY=54MO", RuleError::Value(ByDay)),
        ("FREQ=MONTHLY;BYDAY=M", RuleError::Value(ByDay)),
        ("FREQ=MONTHLY;BYDAY=2", RuleError::Value(ByDay)),
        ("FREQ=MONTHLY;BYDAY=\u{20ac}", RuleError::Value(ByDay)),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", RuleError::Value(BySetPos)),
        ("FREQ=WEEKLY;BYDAY=2MO", RuleError::NumberedWeekday),
        ("FREQ=WEEKLY;BYDAY=1MO,WE", RuleError::NumberedWeekday),
        ("FREQ=WEEKLY;BYDAY=-1FR", RuleError::NumberedWeekday),
        ("FREQ=DAILY;BYDAY=2MO", RuleError::NumberedWeekday),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", RuleError::NumberedWeekday),
        ("FREQ=WEEKLY;BYMONTHDAY=1", RuleError::NotWithFrequency(ByMonthDay)),
        ("FREQ=MONTHLY;BYYEARDAY=1", RuleError::NotWithFrequency(ByYearDay)),
        ("FREQ=DAILY;BYYEARDAY=1", RuleError::NotWithFrequency(ByYearDay)),
        ("FREQ=MONTHLY;BYWEEKNO=1", RuleError::NotWithFrequency(ByWeekNo)),
        ("FREQ=MONTHLY;BYSETPOS=1", RuleError::NothingToSelect),
        ("FREQ=DAILY;UNTIL=20260101", RuleError::Value(Until)),
        ("FREQ=DAILY;UNTIL=20260201T000000", RuleError::Value(Until)),
        ("FREQ=DAILY;UNTIL=20260201T000000Z;COUNT=3", RuleError::TwoEnds),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", RuleError::Never),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", RuleError::Never),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", RuleError::Never),
        ("FREQ=MONTHLY;BYDAY=6MO", RuleError::Never),
        ("FREQ=WEEKLY;INTERVAL=2;BYMONTH=2;BYDAY=MO;BYHOUR=1;BYSETPOS=2", RuleError::Never),
        ("FREQ=DAILY;UNTIL=20251231T000000Z", RuleError::Never),
    ] {
        assert_eq!(parse(text), wanted, "{text}");
    }
    assert_eq!(
        parse("FREQ=MONTHLY;BYMONTHDAY=0").to_string(),
        "BYMONTHDAY must be a list of numbers from 1 to 31 or from -31 to -1"
    );
}

#[test]
fn a_rule_survives_its_item_and_says_nothing_after_five_years() {
    let daily = rule("freq=daily;byhour=18;byminute=0", "Europe/Berlin", "2026-04-01T00:00");
    let again: Recurrence = serde_json::from_str(&serde_json::to_string(&daily).unwrap()).unwrap();
    assert_eq!(again, daily);
    let last = daily.next_after("2031-03-31T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!((format_local(daily.local(last)), daily.next_after(last)), ("2031-03-31T18:00".to_owned(), None));
    assert_eq!(parse_local("2026-04-01"), None);
    assert_eq!(parse_local("2026-04-01T18:00Z"), None);
}

#[test]
fn a_fixed_clock_does_not_move_with_daylight_saving_time() {
    let start = parse_local("2026-10-24T18:45").unwrap();
    let daily = |clock| Recurrence::parse_with("FREQ=DAILY;COUNT=3", zone("Europe/Berlin"), start, clock).unwrap();
    let times = |rule: &Recurrence| all(rule).iter().map(ToString::to_string).collect::<Vec<_>>();
    let fixed = daily(Clock::Fixed);
    assert_eq!(times(&fixed), ["2026-10-24T16:45:00Z", "2026-10-25T16:45:00Z", "2026-10-26T16:45:00Z"]);
    let wall = daily(Clock::Wall);
    assert_eq!(times(&wall), ["2026-10-24T16:45:00Z", "2026-10-25T17:45:00Z", "2026-10-26T17:45:00Z"]);
    assert_eq!(fixed.local(all(&fixed)[2]), parse_local("2026-10-26T18:45").unwrap());
    // The choice survives storage, and the usual one is not written.
    let stored = serde_json::to_string(&fixed).unwrap();
    assert_eq!(serde_json::from_str::<Recurrence>(&stored).unwrap(), fixed);
    assert!(!serde_json::to_string(&wall).unwrap().contains("clock"));
}
