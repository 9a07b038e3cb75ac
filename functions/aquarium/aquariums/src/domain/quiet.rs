//! Quiet times of an aquarium: water changes, feeding, cleaning. Alarm rules are suspended in them, and silence of a
//! device is reported later.

use calendar::{DailyWindow, ZoneName};
use jiff::{SignedDuration, Timestamp};

use super::alarm::{LATENESS_S, MAX_DAILY_WINDOWS, MAX_WINDOWS, Maintenance, Retired, Window};
use super::ingest::MAX_LATE_DAYS;

/// The longest quiet time that is set once.
pub const MAX_QUIET: SignedDuration = SignedDuration::from_hours(24);
/// The most windows that are kept which ended within [`LATENESS_S`], so that samples are judged as before.
const MAX_RECENT_WINDOWS: usize = 16;
/// The most replaced daily windows that are kept for samples that arrive late.
const MAX_RETIRED: usize = 8;

/// Why quiet times are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuietError {
    /// The end is not within the next 24 hours.
    #[error("must be in the future, at most 24 hours ahead")]
    Until,
    /// There are too many.
    #[error("must have at most {MAX_DAILY_WINDOWS} items")]
    TooMany,
}

/// Checks the end of a quiet time that begins now.
pub fn until(end: Timestamp, now: Timestamp) -> Result<Timestamp, QuietError> {
    let ahead = end.duration_since(now);
    let is_ahead = ahead.is_positive() && ahead <= MAX_QUIET;
    is_ahead.then_some(end).ok_or(QuietError::Until)
}

/// Checks daily quiet times.
pub fn daily(windows: Vec<DailyWindow>) -> Result<Vec<DailyWindow>, QuietError> {
    if windows.len() > MAX_DAILY_WINDOWS { Err(QuietError::TooMany) } else { Ok(windows) }
}

/// The quiet times after a request. One that is under way begins when it began, and ends at the new end, or now without
/// one. Daily ones hold from now on. Those that have ended or are replaced stay for samples from before.
pub fn replaced(
    before: Option<&Maintenance>,
    zone: ZoneName,
    until: Option<Timestamp>,
    daily: Vec<DailyWindow>,
    now: Timestamp,
) -> Maintenance {
    let second = now.as_second();
    let oldest = second - MAX_LATE_DAYS * 86_400;
    let mut windows: Vec<_> = before.into_iter().flat_map(|before| before.windows.iter().copied()).collect();
    let from = windows.iter().find(|window| window.until > second).map_or(second, |window| window.from);
    for window in &mut windows {
        window.until = window.until.min(second);
    }
    if let Some(until) = until {
        windows.retain(|window| window.from != from);
        windows.push(Window { from, until: until.as_second() });
    }
    windows.retain(|window| window.from < window.until && window.until > oldest);
    let recent = windows.iter().filter(|window| window.until > second - LATENESS_S).count();
    let surplus = windows.len().saturating_sub(recent.clamp(MAX_WINDOWS, MAX_RECENT_WINDOWS));
    windows.drain(..surplus);
    let (daily_since, mut retired) = daily_times(before, &zone, &daily, second);
    retired.retain(|one| one.until > oldest);
    let surplus = retired.len().saturating_sub(MAX_RETIRED);
    retired.drain(..surplus);
    Maintenance { windows, daily, daily_since, retired, zone }
}

/// Since when daily windows hold, and those that held before.
fn daily_times(
    before: Option<&Maintenance>,
    zone: &ZoneName,
    daily: &[DailyWindow],
    second: i64,
) -> (Option<i64>, Vec<Retired>) {
    let Some(before) = before else { return (Some(second).filter(|_| !daily.is_empty()), Vec::new()) };
    let mut retired = before.retired.clone();
    if before.daily == daily && (before.zone == *zone || daily.is_empty()) {
        return (before.daily_since, retired);
    }
    if !before.daily.is_empty() {
        let Maintenance { daily, zone, daily_since: since, .. } = before.clone();
        retired.push(Retired { daily, zone, since, until: second });
    }
    (Some(second).filter(|_| !daily.is_empty()), retired)
}

/// The end of the quiet time that is under way and was set once.
pub fn ends_at(quiet: &Maintenance, now: Timestamp) -> Option<Timestamp> {
    let second = now.as_second();
    let window = quiet.windows.iter().find(|window| window.from <= second && second < window.until)?;
    Timestamp::from_second(window.until).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_796_000_000 + second).unwrap()
    }

    fn set(before: Option<&Maintenance>, end: Option<i64>, now: i64) -> Maintenance {
        replaced(before, ZoneName::utc(), end.map(at), Vec::new(), at(now))
    }

    #[test]
    fn the_end_is_within_a_day() {
        assert_eq!(until(at(0), at(0)), Err(QuietError::Until));
        assert_eq!(until(at(86_401), at(0)), Err(QuietError::Until));
        assert_eq!(until(at(86_400), at(0)), Ok(at(86_400)));
    }

    #[test]
    fn a_quiet_time_is_extended_shortened_and_ended() {
        let first = set(None, Some(3_600), 0);
        assert_eq!(ends_at(&first, at(10)), Some(at(3_600)));
        // A repeated request has no further effect.
        assert_eq!(set(Some(&first), Some(3_600), 10), first);
        let longer = set(Some(&first), Some(7_200), 1_800);
        assert_eq!((longer.windows.len(), longer.windows[0].from), (1, first.windows[0].from));
        let ended = set(Some(&longer), None, 2_000);
        assert_eq!((ends_at(&ended, at(2_000)), ended.windows.len()), (None, 1));
        assert!(ended.suspends(at(1_999).as_second()) && !ended.suspends(at(2_000).as_second()));
        let next = set(Some(&ended), Some(9_000), 8_000);
        assert_eq!(next.windows.len(), 2);
    }

    /// Feeding from 18:00 to 18:30.
    fn feeding() -> DailyWindow {
        let time = |text| DailyWindow::time(text).unwrap();
        DailyWindow::new(time("18:00"), time("18:30")).unwrap()
    }

    #[test]
    fn a_change_of_daily_ones_holds_from_now_on() {
        let clock = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = clock("2026-11-29T18:20:00Z");
        let second = |text| clock(text).as_second();
        let feeding = replaced(None, ZoneName::utc(), None, vec![feeding()], clock("2026-11-29T12:00:00Z"));
        assert!(feeding.suspends(second("2026-11-29T18:00:00Z")));
        // A water change without daily times, and the end of all quiet times.
        let end = clock("2026-11-29T19:00:00Z");
        let changed = replaced(Some(&feeding), ZoneName::utc(), Some(end), Vec::new(), now);
        let none = replaced(Some(&feeding), ZoneName::utc(), None, Vec::new(), now);
        for quiet in [&changed, &none] {
            assert!(quiet.suspends(second("2026-11-29T18:00:00Z")) && quiet.suspends(second("2026-11-29T18:19:59Z")));
            assert!(!quiet.suspends(second("2026-11-30T18:10:00Z")));
        }
        assert!(changed.suspends(second("2026-11-29T18:59:59Z")));
        assert!(!none.suspends(second("2026-11-29T18:20:00Z")));
        // New ones suspend nothing that was before, and a repeated request has no further effect.
        let later = clock("2026-11-30T18:10:00Z");
        let again = replaced(Some(&none), ZoneName::utc(), None, feeding.daily.clone(), later);
        assert!(!again.suspends(second("2026-11-30T18:09:59Z")) && again.suspends(second("2026-11-30T18:10:00Z")));
        assert_eq!(replaced(Some(&again), ZoneName::utc(), None, feeding.daily, clock("2026-11-30T18:15:00Z")), again);
        let json = serde_json::to_string(&again).unwrap();
        assert_eq!(serde_json::from_str::<Maintenance>(&json).unwrap(), again);
    }

    #[test]
    fn windows_of_the_last_half_hour_are_not_forgotten() {
        let mut quiet = set(None, Some(60), 0);
        for number in 1..10 {
            quiet = set(Some(&quiet), Some(number * 100 + 60), number * 100);
        }
        assert!((0..10).all(|number| quiet.suspends(at(number * 100 + 30).as_second())));
    }

    #[test]
    fn old_ones_are_forgotten() {
        let mut quiet = set(None, Some(60), 0);
        for number in 1..10 {
            quiet = set(Some(&quiet), Some(number * 3_600 + 60), number * 3_600);
        }
        assert_eq!(quiet.windows.len(), MAX_WINDOWS);
        assert!(set(Some(&quiet), None, 40 * 86_400).windows.is_empty());
    }
}
