//! Quiet hours, by the clock on a person's wall.
//!
//! It is quiet at an instant if the wall's clock shows a time in the window then. So where a clock is put forward or back,
//! the window ends when the clock first shows its end, or has jumped over it, and an hour that comes twice is quiet twice.

use jiff::civil::Time;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};
use types::ZoneName;

/// How often the end of a window may lie in the next one, which takes a clock's jump.
const MAX_WINDOWS: usize = 4;

/// A window of the day, by the wall's clock. It may go over midnight; `from` is in it and `to` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    from: Time,
    to: Time,
}

/// A window that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuietHoursError {
    /// The text is no time of day.
    #[error("must be a time of day in hours and minutes, like 22:00")]
    NotATime,
    /// The window would be empty, or never end.
    #[error("must differ from the start")]
    Empty,
}

impl QuietHours {
    /// The window between two times of day, each in hours and minutes.
    pub fn new(from: Time, to: Time) -> Result<Self, QuietHoursError> {
        if from == to { Err(QuietHoursError::Empty) } else { Ok(Self { from, to }) }
    }

    /// Reads `22:00`.
    pub fn time(text: &str) -> Result<Time, QuietHoursError> {
        let (hour, minute) = text.split_once(':').ok_or(QuietHoursError::NotATime)?;
        let number = |part: &str| {
            let is_plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<i8>().ok().filter(|_| is_plain).ok_or(QuietHoursError::NotATime)
        };
        Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| QuietHoursError::NotATime)
    }

    /// When it begins.
    pub fn from(&self) -> Time {
        self.from
    }

    /// When it is over.
    pub fn to(&self) -> Time {
        self.to
    }

    /// When the quiet that there is now ends; none if it is not quiet.
    pub fn end(&self, now: Timestamp, zone: &ZoneName) -> Option<Timestamp> {
        let zone = zone.zone();
        let mut at = now;
        for _ in 0..MAX_WINDOWS {
            if !self.covers(at, zone) {
                break;
            }
            at = self.next_candidate(at, zone);
        }
        (at > now).then_some(at)
    }

    fn covers(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let wall = zone.to_datetime(at).time();
        if self.from < self.to { self.from <= wall && wall < self.to } else { wall >= self.from || wall < self.to }
    }

    /// The next instant at which the clock shows the window's end, or jumps.
    fn next_candidate(&self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let end = next_time_of_day(at, zone, self.to);
        let jump = zone.following(at).next().map(|transition| transition.timestamp());
        jump.filter(|jump| *jump < end).unwrap_or(end)
    }
}

/// The next instant at which the wall's clock shows a time of day, or jumps over it.
pub fn next_time_of_day(after: Timestamp, zone: &TimeZone, time: Time) -> Timestamp {
    let today = zone.to_datetime(after).date();
    // The day before: where a clock is put back over midnight, its end comes again. Two days on: a day can be left out.
    let days = [
        today.yesterday().ok(),
        Some(today),
        today.tomorrow().ok(),
        today.tomorrow().and_then(jiff::civil::Date::tomorrow).ok(),
    ];
    let instants = days.into_iter().flatten().flat_map(|day| instants_of(zone, day.to_datetime(time)));
    instants.filter(|instant| *instant > after).min().unwrap_or(Timestamp::MAX)
}

/// When the wall's clock shows this: once, twice, or never, and then the instant of the jump.
fn instants_of(zone: &TimeZone, wall: jiff::civil::DateTime) -> Vec<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    let found = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => vec![offset.to_timestamp(wall)],
        AmbiguousOffset::Fold { before, after } => vec![before.to_timestamp(wall), after.to_timestamp(wall)],
        AmbiguousOffset::Gap { before, .. } => {
            // By the clock before the jump, the wall's time is after it.
            let beyond = before.to_timestamp(wall);
            return beyond
                .ok()
                .and_then(|beyond| zone.preceding(beyond + jiff::SignedDuration::from_nanos(1)).next())
                .map(|transition| transition.timestamp())
                .into_iter()
                .collect();
        }
    };
    found.into_iter().flatten().collect()
}

/// The next full hour of the wall's clock.
pub fn next_full_hour(after: Timestamp, zone: &TimeZone) -> Timestamp {
    let wall = zone.to_datetime(after);
    let hour = wall.time().round(jiff::civil::TimeRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc));
    let next = hour.unwrap_or_default().wrapping_add(jiff::SignedDuration::from_hours(1));
    next_time_of_day(after, zone, next)
}

#[cfg(test)]
#[path = "quiet_hours_tests.rs"]
mod tests;
