use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// Zones with a jump over an hour of the night, over half an hour, over midnight, southern, and over a whole day.
const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Asuncion", "Asia/Beirut", "Pacific/Apia"];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(from: &str, to: &str) -> DailyWindow {
    DailyWindow::new(DailyWindow::time(from).unwrap(), DailyWindow::time(to).unwrap()).unwrap()
}

fn end(window: DailyWindow, zone: &str, now: &str) -> Option<String> {
    window.end(at(now), &ZoneName::parse(zone).unwrap()).map(|end| end.to_string())
}

#[test]
fn an_ordinary_night_ends_in_the_morning_of_the_person() {
    let night = window("22:00", "07:00");
    assert_eq!(end(night, "Europe/Berlin", "2026-01-10T21:00:00Z"), Some("2026-01-11T06:00:00Z".into()));
    assert_eq!(end(night, "Europe/Berlin", "2026-01-10T20:59:59Z"), None, "a second before");
    assert_eq!(end(night, "Europe/Berlin", "2026-01-11T06:00:00Z"), None, "at its end");
    assert_eq!(end(night, "America/New_York", "2026-01-11T06:00:00Z"), Some("2026-01-11T12:00:00Z".into()));
}

#[test]
fn a_night_in_which_the_clock_jumps_ends_by_the_new_clock() {
    let night = window("22:00", "07:00");
    // Put forward: the night is an hour shorter. Put back: an hour longer.
    assert_eq!(end(night, "Europe/Berlin", "2026-03-28T22:00:00Z"), Some("2026-03-29T05:00:00Z".into()));
    assert_eq!(end(night, "Europe/Berlin", "2026-10-24T21:00:00Z"), Some("2026-10-25T06:00:00Z".into()));
    assert_eq!(end(night, "Australia/Lord_Howe", "2026-10-03T13:00:00Z"), Some("2026-10-03T20:00:00Z".into()));
}

#[test]
fn an_end_that_the_clock_jumps_over_is_the_jump() {
    // 02:00 becomes 03:00 at 01:00 UTC.
    assert_eq!(
        end(window("22:00", "02:30"), "Europe/Berlin", "2026-03-29T00:00:00Z"),
        Some("2026-03-29T01:00:00Z".into())
    );
}

#[test]
fn an_hour_that_comes_twice_is_quiet_twice() {
    let short = window("02:00", "02:30");
    // 03:00 becomes 02:00 at 01:00 UTC.
    assert_eq!(end(short, "Europe/Berlin", "2026-10-25T00:10:00Z"), Some("2026-10-25T00:30:00Z".into()));
    assert_eq!(end(short, "Europe/Berlin", "2026-10-25T00:45:00Z"), None);
    assert_eq!(end(short, "Europe/Berlin", "2026-10-25T01:10:00Z"), Some("2026-10-25T01:30:00Z".into()));
}

#[test]
fn times_are_read_strictly() {
    for bad in ["", "7:00", "24:00", "07:60", "07:00:00", "+7:00", "0a:00", "07.00"] {
        assert_eq!(DailyWindow::time(bad), Err(DailyWindowError::NotATime), "{bad}");
    }
    assert_eq!(DailyWindow::new(Time::midnight(), Time::midnight()), Err(DailyWindowError::Empty));
}

/// Minutes near a jump of the zone's clock.
fn near_a_jump() -> impl Strategy<Value = (ZoneName, Timestamp)> {
    (0..ZONES.len(), 0_usize..24, -3_000_i64..3_000).prop_map(|(zone, jump, minutes)| {
        let zone = ZoneName::parse(ZONES[zone]).unwrap();
        // Apia left out the 30th of December 2011.
        let start = at("2011-01-01T00:00:00Z");
        let jump = zone.zone().following(start).nth(jump).map_or(start, |transition| transition.timestamp());
        (zone, jump + SignedDuration::from_mins(minutes))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_end_is_the_first_minute_that_is_not_quiet((zone, now) in near_a_jump(), from in 0_i8..96, to in 0_i8..96) {
        prop_assume!(from != to);
        let time = |quarter: i8| Time::new(quarter / 4, quarter % 4 * 15, 0, 0).unwrap();
        let hours = DailyWindow::new(time(from), time(to)).unwrap();
        let mut minute = now;
        while hours.covers(minute, zone.zone()) {
            minute += SignedDuration::from_mins(1);
        }
        // Jumps and windows are at whole minutes, as is every step.
        prop_assert_eq!(hours.end(now, &zone), (minute > now).then_some(minute));
    }

    #[test]
    fn the_next_time_of_day_is_the_first_that_the_clock_shows_or_jumps_over((zone, now) in near_a_jump(), quarter in 0_i8..96) {
        let time = Time::new(quarter / 4, quarter % 4 * 15, 0, 0).unwrap();
        let next = next_time_of_day(now, zone.zone(), time);
        let wall = |at| zone.zone().to_datetime(at);
        let mut minute = now;
        loop {
            let before = wall(minute);
            minute += SignedDuration::from_mins(1);
            let after = wall(minute);
            let aims = [before.date(), after.date(), before.date().tomorrow().unwrap()].map(|day| day.to_datetime(time));
            if aims.into_iter().any(|aim| after == aim || (before < aim && aim < after)) {
                break;
            }
        }
        prop_assert_eq!(next, minute);
    }
}

#[test]
fn the_next_hour_is_the_zone_s_own() {
    let hour = |zone: &str, now: &str| next_full_hour(at(now), ZoneName::parse(zone).unwrap().zone()).to_string();
    assert_eq!(hour("Europe/Berlin", "2026-01-10T21:00:00Z"), "2026-01-10T22:00:00Z");
    assert_eq!(hour("Asia/Kolkata", "2026-01-10T21:00:00Z"), "2026-01-10T21:30:00Z");
    assert_eq!(hour("Europe/Berlin", "2026-03-29T00:10:00Z"), "2026-03-29T01:00:00Z");
    assert_eq!(hour("Europe/Berlin", "2026-01-10T22:59:59Z"), "2026-01-10T23:00:00Z");
}
