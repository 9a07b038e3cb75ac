//! History: samples from before the time that devices can record, for example from another app. Only their roll-ups are kept.
//!
//! An hour of a device is imported once. Recorded samples and history never meet, since history ends a day before the oldest sample
//! that a device can still send.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::bucket::HourSamples;
use super::device::DeviceHead;
use super::doubt::is_doubtful;
use super::hour::Hour;
use super::ingest::{MAX_LATE_DAYS, SampleError, Sent, judge, measured};
use super::rollup::HourRollups;

/// The most samples of a request.
pub const MAX_HISTORY_SAMPLES: usize = 2_000;
/// The most hours that the samples of a request may be in. Each is an item of the transaction.
pub const MAX_HISTORY_HOURS: usize = 96;
/// How old history is at least, in days.
pub const MIN_HISTORY_DAYS: i64 = MAX_LATE_DAYS + 1;
/// How old history is at most, in days.
pub const MAX_HISTORY_DAYS: i64 = 400;

/// Why a sample is no history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// A device can record it.
    #[error("must be more than {MIN_HISTORY_DAYS} days ago; newer samples are recorded by the device")]
    TooNew,
    /// It is too old.
    #[error("must be at most {MAX_HISTORY_DAYS} days ago")]
    TooOld,
    /// It is no value of the sensor.
    #[error(transparent)]
    Sample(#[from] SampleError),
}

impl HistoryError {
    /// The field of the sample that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::TooNew | Self::TooOld => "at",
            Self::Sample(error) => error.field(),
        }
    }
}

/// The history of a request, by hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The roll-ups of each hour that has a value.
    pub hours: BTreeMap<Hour, HourRollups>,
    /// Number of samples that are part of no roll-up: of sensors that the device does not have, with suspect values, or of a second that
    /// has another sample.
    pub ignored: usize,
}

impl History {
    /// The history of a request, or what is wrong with each of its samples, by its number.
    pub fn of(head: &DeviceHead, sent: &[Sent], now: Timestamp) -> Result<Self, Vec<(usize, HistoryError)>> {
        let (mut hours, mut errors) = (BTreeMap::<Hour, HourSamples>::new(), Vec::new());
        for (number, sample) in sent.iter().enumerate() {
            let Some(probe) = head.sensor(sample.sensor_id) else { continue };
            match check_age(sample.at, now).and_then(|()| Ok(measured(probe, sample)?)) {
                Ok(measured) if measured.suspect && !is_doubtful(probe.parameter, measured.value) => {}
                Ok(measured) => {
                    let second = sample.at.as_second();
                    let hour = hours.entry(Hour::of(second)).or_default();
                    hour.add(sample.sensor_id, Hour::offset(second), measured);
                }
                Err(error) => errors.push((number, error)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let trusted = hours.into_iter().map(|(hour, mut samples)| {
            judge(&mut samples, head);
            (hour, samples.without_suspect())
        });
        let trusted: Vec<_> = trusted.filter(|(_, samples)| !samples.is_empty()).collect();
        let counted: usize = trusted.iter().map(|(_, samples)| samples.len()).sum();
        let rollups = trusted.into_iter().map(|(hour, samples)| (hour, samples.rollups()));
        Ok(Self { hours: rollups.collect(), ignored: sent.len() - counted })
    }
}

fn check_age(at: Timestamp, now: Timestamp) -> Result<(), HistoryError> {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let age = now.duration_since(at);
    if age <= days(MIN_HISTORY_DAYS) {
        return Err(HistoryError::TooNew);
    }
    if age > days(MAX_HISTORY_DAYS) { Err(HistoryError::TooOld) } else { Ok(()) }
}
