//! Series: what is shown of a sensor between two instants, and in which steps.

use calendar::ZoneName;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::hour::{Hour, SECONDS_PER_HOUR};
use super::rollup::{QUARTER_SECONDS, QUARTER_STEP, Rollup};

/// The most points of a response.
pub const MAX_POINTS: usize = 2_000;
/// The longest span of a request for samples, in hours.
pub const MAX_RAW_HOURS: i64 = 48;
/// The longest span of a request, in days: a leap year and a day of daylight saving time.
pub const MAX_SPAN_DAYS: i64 = 367;

const SECONDS_PER_DAY: i64 = 86_400;

/// The steps of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SeriesResolution)]
pub enum Resolution {
    /// Every sample.
    #[serde(rename = "raw")]
    Raw,
    /// Quarters of an hour.
    #[serde(rename = "15m")]
    Quarter,
    /// Hours of the aquarium's clock.
    #[serde(rename = "hour")]
    Hour,
    /// Days of the aquarium's clock.
    #[serde(rename = "day")]
    Day,
}

/// Why a span cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// It ends before it begins.
    #[error("must be after `from`")]
    Backwards,
    /// It is too long for samples.
    #[error(
        "must be at most {MAX_RAW_HOURS} hours after `from` for the resolution raw; choose a coarser resolution or a shorter span"
    )]
    TooLongForRaw,
    /// It has too many steps.
    #[error("would give more than {MAX_POINTS} points; choose a coarser resolution or a shorter span")]
    TooManyPoints,
    /// It is longer than any series.
    #[error("must be at most {MAX_SPAN_DAYS} days after `from`; request shorter spans one by one")]
    TooLong,
}

/// A span of time: from a second since 1970 to before another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first second.
    pub from: i64,
    /// The second after the last one.
    pub to: i64,
}

impl Span {
    /// The span between two instants.
    pub fn between(from: Timestamp, to: Timestamp) -> Result<Self, SpanError> {
        let (from, to) = (from.as_second(), to.as_second());
        if to <= from {
            return Err(SpanError::Backwards);
        }
        if to - from > MAX_SPAN_DAYS * SECONDS_PER_DAY {
            return Err(SpanError::TooLong);
        }
        Ok(Self { from, to })
    }

    /// True if it contains a second.
    pub const fn contains(self, second: i64) -> bool {
        self.from <= second && second < self.to
    }

    /// The hours that it touches.
    pub fn hours(self) -> impl Iterator<Item = Hour> {
        (Hour::of(self.from).number()..=Hour::of(self.to - 1).number()).map(Hour::numbered)
    }

    /// True if it touches an hour.
    pub const fn hours_contain(self, hour: Hour) -> bool {
        Hour::of(self.from).number() <= hour.number() && hour.number() <= Hour::of(self.to - 1).number()
    }

    /// The span extended to whole steps, so that the first and the last step are complete. Samples have no steps.
    #[must_use]
    pub fn in_steps(self, resolution: Resolution, zone: &ZoneName) -> Self {
        if resolution == Resolution::Raw {
            return self;
        }
        let from = resolution.step(self.from, zone);
        let last = resolution.step(self.to - 1, zone);
        let longest = if resolution == Resolution::Day { 2 * SECONDS_PER_DAY } else { 2 * SECONDS_PER_HOUR };
        let is_next = |second: &i64| resolution.step(*second, zone) != last;
        let to = (last..=last + longest).step_by(QUARTER_STEP).find(is_next);
        Self { from, to: to.unwrap_or(self.to) }
    }
}

impl Resolution {
    /// The finest resolution of a span that has few enough points.
    pub fn of(span: Span) -> Self {
        let seconds = span.to - span.from;
        if seconds <= SECONDS_PER_DAY {
            Self::Raw
        } else if Self::Quarter.fits(span).is_ok() {
            Self::Quarter
        } else if Self::Hour.fits(span).is_ok() {
            Self::Hour
        } else {
            Self::Day
        }
    }

    /// Fails unless a span has at most [`MAX_POINTS`] steps. The number of samples is known only once they are read.
    pub fn fits(self, span: Span) -> Result<(), SpanError> {
        let seconds = span.to - span.from;
        let step = match self {
            Self::Raw if seconds > MAX_RAW_HOURS * SECONDS_PER_HOUR => return Err(SpanError::TooLongForRaw),
            Self::Raw => return Ok(()),
            Self::Quarter => QUARTER_SECONDS,
            Self::Hour => SECONDS_PER_HOUR,
            Self::Day => SECONDS_PER_DAY,
        };
        // A span that begins within a step touches one more, and clocks that are set back add an hour.
        let points = (seconds + step - 1) / step + 2;
        if usize::try_from(points).is_ok_and(|points| points <= MAX_POINTS) {
            Ok(())
        } else {
            Err(SpanError::TooManyPoints)
        }
    }

    /// The first second of the step that contains a second, by the clock of a zone.
    fn step(self, second: i64, zone: &ZoneName) -> i64 {
        let Ok(at) = Timestamp::from_second(second) else { return second };
        match self {
            Self::Raw => second,
            Self::Quarter => second - second.rem_euclid(QUARTER_SECONDS),
            Self::Hour => hour_of_clock(at, zone),
            Self::Day => zone.start_of_day(zone.local(at).date()).map_or(second, Timestamp::as_second),
        }
    }
}

/// The first second of an hour of a zone's clock. In zones with an offset of half an hour, it begins at half past in UTC; where
/// clocks move by half an hour, the hours around the transition end and begin there.
fn hour_of_clock(at: Timestamp, zone: &ZoneName) -> i64 {
    let (second, offset) = (at.as_second(), zone.zone().to_offset(at));
    let start = second - (second + i64::from(offset.seconds())).rem_euclid(SECONDS_PER_HOUR);
    let is_same_clock = Timestamp::from_second(start).is_ok_and(|start| zone.zone().to_offset(start) == offset);
    // `preceding` excludes its argument, which may be the transition itself.
    let after = if is_same_clock { None } else { Timestamp::from_second(second + 1).ok() };
    let transition = after.and_then(|after| zone.zone().preceding(after).next());
    transition.map_or(start, |transition| transition.timestamp().as_second())
}

/// Merges quarters of an hour, which are in order, into the steps of a resolution. Each step has its first second since 1970.
pub fn in_steps(
    quarters: impl IntoIterator<Item = (i64, Rollup)>,
    resolution: Resolution,
    zone: &ZoneName,
) -> Vec<(i64, Rollup)> {
    let mut steps: Vec<(i64, Rollup)> = Vec::new();
    for (second, rollup) in quarters {
        let start = resolution.step(second, zone);
        match steps.last_mut() {
            Some((last, merged)) if *last == start => *merged = merged.followed_by(rollup),
            _ => steps.push((start, rollup)),
        }
    }
    steps
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
