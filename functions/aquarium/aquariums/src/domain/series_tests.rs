use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::Resolution::{Day, Quarter, Raw};
use super::*;

fn zone(name: &str) -> ZoneName {
    ZoneName::parse(name).unwrap()
}

fn second(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

/// One value per quarter of an hour, which is its number.
fn quarters(from: &str, to: &str) -> Vec<(i64, Rollup)> {
    (second(from)..second(to)).step_by(900).zip(0..).map(|(start, value)| (start, Rollup::of(value))).collect()
}

#[test]
fn a_day_has_as_many_quarters_as_the_clock_shows() {
    // The day, its zone, and its hours · 4: clocks that spring forward, fall back, and Lord Howe, which moves by 30 minutes.
    let cases = [
        ("Europe/Berlin", date(2026, 3, 29), 92),
        ("Europe/Berlin", date(2026, 10, 25), 100),
        ("Asia/Kolkata", date(2026, 11, 29), 96),
        ("Asia/Kathmandu", date(2026, 11, 29), 96),
        ("Australia/Lord_Howe", date(2026, 4, 5), 98),
        ("Australia/Lord_Howe", date(2026, 10, 4), 94),
        ("Pacific/Chatham", date(2026, 9, 27), 92),
        ("America/St_Johns", date(2026, 11, 1), 100),
        ("UTC", date(2026, 11, 29), 96),
    ];
    for (name, day, expected) in cases {
        let zone = zone(name);
        let start = zone.start_of_day(day).unwrap().as_second();
        let around = (start - 4 * 86_400..start + 4 * 86_400).step_by(900).map(|start| (start, Rollup::of(1)));
        let days: BTreeMap<_, _> = in_steps(around, Resolution::Day, &zone).into_iter().collect();
        assert_eq!(days.get(&start).map(|day| day.count), Some(expected), "{name} {day}");
    }
}

#[test]
fn hours_follow_the_clock_of_the_aquarium() {
    let steps =
        in_steps(quarters("2026-11-29T00:00:00Z", "2026-11-29T03:00:00Z"), Resolution::Hour, &zone("Asia/Kolkata"));
    let counts: Vec<_> = steps.iter().map(|(start, rollup)| (*start, rollup.count)).collect();
    let starts = ["2026-11-28T23:30:00Z", "2026-11-29T00:30:00Z", "2026-11-29T01:30:00Z", "2026-11-29T02:30:00Z"];
    assert_eq!(counts, starts.map(second).into_iter().zip([2, 4, 4, 2]).collect::<Vec<_>>());
}

#[test]
fn a_span_is_extended_to_whole_steps() {
    let span = Span { from: second("2026-03-29T10:00:00Z"), to: second("2026-03-29T11:00:00Z") };
    let day = span.in_steps(Resolution::Day, &zone("Europe/Berlin"));
    assert_eq!(day, Span { from: second("2026-03-28T23:00:00Z"), to: second("2026-03-29T22:00:00Z") });
    let hour = Span { from: span.from + 1, to: span.from + 2 }.in_steps(Resolution::Hour, &zone("Asia/Kathmandu"));
    assert_eq!(hour, Span { from: second("2026-03-29T09:15:00Z"), to: second("2026-03-29T10:15:00Z") });
    assert_eq!(span.in_steps(Resolution::Raw, &zone("UTC")), span);
}

#[test]
fn spans_have_bounds_and_each_names_its_rule() {
    let at = |hours: i64| Timestamp::from_second(hours * 3_600).unwrap();
    assert_eq!(Span::between(at(1), at(1)), Err(SpanError::Backwards));
    assert_eq!(Span::between(at(0), at(24 * MAX_SPAN_DAYS + 1)), Err(SpanError::TooLong));
    let span = |hours: i64| Span::between(at(0), at(hours)).unwrap();
    assert_eq!(Resolution::Raw.fits(span(48)), Ok(()));
    assert_eq!(Resolution::Raw.fits(span(49)), Err(SpanError::TooLongForRaw));
    assert_eq!(Resolution::Quarter.fits(span(499)), Ok(()));
    assert_eq!(Resolution::Quarter.fits(span(500)), Err(SpanError::TooManyPoints));
    let chosen = [1, 24, 25, 499, 500, 1_998, 1_999, 24 * MAX_SPAN_DAYS].map(|hours| Resolution::of(span(hours)));
    assert_eq!(chosen, [Raw, Raw, Quarter, Quarter, Resolution::Hour, Resolution::Hour, Day, Day]);
}

const ZONES: [&str; 6] =
    ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"];

proptest! {
    #[test]
    fn no_value_is_lost_or_counted_twice_in_any_resolution(
        start in 1_700_000_000..1_900_000_000_i64,
        present in proptest::collection::vec(any::<bool>(), 1..800),
        zone_at in 0..ZONES.len(),
    ) {
        let zone = zone(ZONES[zone_at]);
        let first = start - start.rem_euclid(900);
        let quarters: Vec<_> = (first..).step_by(900).zip(&present).zip(0..)
            .filter(|((_, present), _)| **present)
            .map(|((start, _), value)| (start, Rollup::of(value)))
            .collect();
        for resolution in [Resolution::Quarter, Resolution::Hour, Resolution::Day] {
            let steps = in_steps(quarters.iter().copied(), resolution, &zone);
            prop_assert!(steps.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert_eq!(steps.iter().map(|(_, step)| step.count).sum::<u64>(), quarters.len() as u64);
            prop_assert_eq!(
                steps.iter().map(|(_, step)| step.sum).sum::<i64>(),
                quarters.iter().map(|(_, quarter)| quarter.sum).sum::<i64>()
            );
            // A step of days contains what its date contains, by the clock of the zone.
            if resolution == Resolution::Day {
                for (start, step) in &steps {
                    let date = zone.local(Timestamp::from_second(*start).unwrap()).date();
                    let of_date = quarters.iter().filter(|(quarter, _)| {
                        zone.local(Timestamp::from_second(*quarter).unwrap()).date() == date
                    });
                    prop_assert_eq!(step.count, of_date.count() as u64);
                }
            }
        }
    }

    #[test]
    fn a_span_in_steps_contains_the_span_and_is_whole(
        from in 1_700_000_000..1_900_000_000_i64,
        length in 1..2_000_000_i64,
        zone_at in 0..ZONES.len(),
    ) {
        let (zone, span) = (zone(ZONES[zone_at]), Span { from, to: from + length });
        for resolution in [Resolution::Quarter, Resolution::Hour, Resolution::Day] {
            let whole = span.in_steps(resolution, &zone);
            prop_assert!(whole.from <= span.from && span.to <= whole.to);
            prop_assert_eq!(whole.from.rem_euclid(900), 0);
            prop_assert_eq!(whole.in_steps(resolution, &zone), whole);
        }
    }
}
