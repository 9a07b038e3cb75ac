//! Batches of samples: what they change in the head of their device and in the buckets of past hours.
//!
//! The head holds the samples of the newest hour. When a newer hour begins, the hour before moves to its bucket. Samples of past
//! hours are merged into theirs. Both are unions, so order, duplicates and the division into batches do not matter.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use types::SensorId;
use water::{Decimal, Entered, UnitError, canonical, nearest_storable};

use super::alarm::Sample;
use super::bucket::{Counts, HourSamples, Measured};
use super::calibration::calibrated;
use super::device::{DeviceHead, Latest, OpenHour, Probe};
use super::doubt::is_doubtful;
use super::hour::Hour;

/// The most samples of a request.
pub const MAX_SAMPLES: usize = 500;
/// The most hours that the samples of a request may be in. Each past hour is two items of the transaction.
pub const MAX_BATCH_HOURS: usize = 24;
/// How far the clock of a device may be ahead.
pub const MAX_AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// How late samples may arrive, in days. Buckets of samples are kept for longer.
pub const MAX_LATE_DAYS: i64 = 30;

/// A sample as a device sent it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sent {
    /// The sensor.
    pub sensor_id: SensorId,
    /// When it was measured.
    pub at: Timestamp,
    /// What the probe reported, in the unit of the sensor.
    pub value: Decimal,
}

/// Why a sample is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// It is from the future.
    #[error("must be at most 5 minutes ahead; check the clock of the device")]
    InFuture,
    /// It is too old.
    #[error("must be at most {MAX_LATE_DAYS} days ago")]
    TooOld,
    /// The unit of the sensor is none of its parameter.
    #[error(transparent)]
    Unit(#[from] UnitError),
}

impl SampleError {
    /// The field of the sample that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::InFuture | Self::TooOld => "at",
            Self::Unit(_) => "value",
        }
    }
}

/// The accepted samples of a request, by hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    hours: BTreeMap<Hour, HourSamples>,
    counts: Counts,
    ignored: usize,
}

/// Fails unless samples of this time are accepted now.
pub fn check_time(at: Timestamp, now: Timestamp) -> Result<(), SampleError> {
    if at.duration_since(now) > MAX_AHEAD {
        return Err(SampleError::InFuture);
    }
    if now.duration_since(at) > SignedDuration::from_hours(24 * MAX_LATE_DAYS) {
        return Err(SampleError::TooOld);
    }
    Ok(())
}

impl Batch {
    /// Number of samples of sensors that the device does not have.
    pub const fn ignored(&self) -> usize {
        self.ignored
    }

    /// The samples as alarms need them, also suspect ones: they show that a probe is broken.
    pub fn samples(&self) -> Vec<Sample> {
        let hours = self.hours.iter().flat_map(|(hour, samples)| samples.sensors().map(move |of| (*hour, of)));
        hours
            .flat_map(|(hour, (sensor, samples))| {
                let sample = move |(offset, measured): (&u16, &Measured)| Sample {
                    sensor,
                    at: hour.second(*offset),
                    value: measured.value,
                };
                samples.iter().map(sample)
            })
            .collect()
    }

    /// The samples of a request, or what is wrong with each of them, by its number. Those of unknown sensors are left out: a
    /// device may not know yet that a sensor was deleted.
    pub fn of(head: &DeviceHead, sent: &[Sent], now: Timestamp) -> Result<Self, Vec<(usize, SampleError)>> {
        let (mut batch, mut errors) = (Self::default(), Vec::new());
        for (number, sample) in sent.iter().enumerate() {
            let Some(probe) = head.sensor(sample.sensor_id) else {
                batch.ignored += 1;
                continue;
            };
            match check_time(sample.at, now).and_then(|()| measured(probe, sample)) {
                Ok(measured) => {
                    let second = sample.at.as_second();
                    let hour = batch.hours.entry(Hour::of(second)).or_default();
                    let counts = hour.add(sample.sensor_id, Hour::offset(second), measured);
                    batch.counts = batch.counts.plus(Counts { stored: 0, ..counts });
                }
                Err(error) => errors.push((number, error)),
            }
        }
        if errors.is_empty() { Ok(batch) } else { Err(errors) }
    }
}

/// The value of a sample, converted and calibrated. What cannot be stored becomes the nearest value that can, and is suspect. So is a
/// doubtful value until its hour is judged; it is not calibrated.
pub(super) fn measured(probe: &Probe, sample: &Sent) -> Result<Measured, SampleError> {
    let Probe { parameter, unit, calibrations, .. } = probe;
    let entered = Entered { value: sample.value, unit: *unit };
    let raw = match canonical(*parameter, entered) {
        Ok(raw) => raw,
        Err(UnitError::OutOfRange) => {
            let nearest = nearest_storable(*parameter, entered)?;
            return Ok(Measured { value: nearest.get(), suspect: true });
        }
        Err(error) => return Err(error.into()),
    };
    let is_plausible = |value: i64| parameter.plausible().contains(value);
    // What a broken probe reports stays what it is, so that people recognise it. The other values of its hour decide about a doubtful one.
    if !is_plausible(raw.get()) || is_doubtful(*parameter, raw.get()) {
        return Ok(Measured { value: raw.get(), suspect: true });
    }
    let Some(value) = calibrated(calibrations, raw, sample.at) else {
        return Ok(Measured { value: raw.get(), suspect: true });
    };
    let storable = parameter.storable();
    Ok(Measured { value: value.clamp(storable.min, storable.max), suspect: !is_plausible(value) })
}

/// Judges the doubtful values of an hour.
pub(super) fn judge(samples: &mut HourSamples, head: &DeviceHead) {
    for probe in &head.sensors {
        samples.judge(probe.id, probe.parameter);
    }
}

/// What a batch changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The head after the batch.
    pub head: DeviceHead,
    /// The past hours that change, with all their samples.
    pub past: BTreeMap<Hour, HourSamples>,
    /// Those of them that have ended with this batch. They had no bucket; the others have late samples.
    pub ended: Vec<Hour>,
    /// What became of the samples.
    pub counts: Counts,
}

/// What the decision lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The hours whose buckets have to be read first.
    pub hours: Vec<Hour>,
}

/// Adds a batch. `stored` has the samples of the buckets that were read, and none for hours without a bucket.
pub fn ingest(
    head: &DeviceHead,
    batch: &Batch,
    stored: &BTreeMap<Hour, Option<HourSamples>>,
) -> Result<Change, Unread> {
    let newest = head.open.as_ref().map(|open| open.hour).max(batch.hours.keys().last().copied());
    let mut hours = batch.hours.clone();
    let (mut counts, mut past) = (batch.counts, BTreeMap::new());
    let mut next = head.clone();
    // The open hour as a part of the union: what was there stands.
    let mut open = head.open.clone();
    if let Some(open) = &mut open
        && let Some(samples) = hours.remove(&open.hour)
    {
        counts = counts.plus(open.samples.merge(&samples));
        judge(&mut open.samples, head);
    }
    // No bucket of the open hour exists: hours move to buckets once, and the open hour never goes back.
    let closed = open.take_if(|open| Some(open.hour) < newest).filter(|closed| !closed.samples.is_empty());
    past.extend(closed.map(|closed| (closed.hour, closed.samples)));
    let unread: Vec<_> =
        hours.keys().filter(|hour| Some(**hour) != newest && !stored.contains_key(hour)).copied().collect();
    if !unread.is_empty() {
        return Err(Unread { hours: unread });
    }
    for (hour, samples) in hours {
        let mut all = stored.get(&hour).cloned().flatten().unwrap_or_default();
        // A bucket that is written again loses what deleted sensors left there.
        all.retain(|sensor| head.sensor(sensor).is_some());
        let added = all.merge(&samples);
        judge(&mut all, head);
        counts = counts.plus(added);
        if Some(hour) == newest {
            open = Some(OpenHour { hour, samples: all });
        } else if added.stored > 0 {
            past.insert(hour, all);
        }
    }
    next.open = open;
    next.conflicts += counts.conflicts as u64;
    note_latest(&mut next, &past);
    // The open hour and what came after it. Before the first batch, nothing was open.
    let since = head.open.as_ref().map(|open| open.hour);
    let has_bucket = |hour: Hour| stored.get(&hour).is_some_and(Option::is_some);
    let ended = past.keys().copied().filter(|hour| Some(*hour) >= since && !has_bucket(*hour)).collect();
    Ok(Change { head: next, past, ended, counts })
}

impl Change {
    /// True if past hours change that had ended before: their buckets are written again.
    pub fn has_late_samples(&self) -> bool {
        self.past.len() > self.ended.len()
    }
}

/// Keeps the newest value of each sensor, of those that stand. A late sample can make a doubtful one of its hour suspect; then an earlier
/// value of the same hour is the newest, since a doubtful value is trusted only beside one that is beyond doubt.
fn note_latest(head: &mut DeviceHead, past: &BTreeMap<Hour, HourSamples>) {
    let open = head.open.clone();
    let hours = || past.iter().chain(open.as_ref().map(|open| (&open.hour, &open.samples)));
    for probe in &mut head.sensors {
        let samples = hours().flat_map(|(hour, samples)| samples.of(probe.id, *hour));
        let newest = samples.filter(|(_, measured)| !measured.suspect).last();
        if let Some((second, measured)) = newest
            && probe.latest.is_none_or(|latest| {
                latest.second < second || hours().any(|(hour, _)| *hour == Hour::of(latest.second))
            })
        {
            probe.latest = Some(Latest { second, value: measured.value });
        }
    }
}

/// The hours of samples whose buckets a batch probably changes: all but the newest, and all that the clock has left.
pub fn probably_past(sent: &[Sent], now: Timestamp) -> Vec<Hour> {
    let mut hours: Vec<_> =
        sent.iter().map(|sample| Hour::at(sample.at)).filter(|hour| *hour < Hour::at(now)).collect();
    hours.sort_unstable();
    hours.dedup();
    hours
}

/// Samples in two parts, the earlier ones first. Of samples of one time, the order stays.
pub fn halves(mut sent: Vec<Sent>) -> (Vec<Sent>, Vec<Sent>) {
    sent.sort_by_key(|sample| sample.at);
    let later = sent.split_off(sent.len().div_ceil(2));
    (sent, later)
}

/// Number of hours that samples are in.
pub fn hours_of(sent: &[Sent]) -> usize {
    let mut hours: Vec<_> = sent.iter().map(|sample| Hour::at(sample.at)).collect();
    hours.sort_unstable();
    hours.dedup();
    hours.len()
}

#[cfg(test)]
#[path = "ingest_tests.rs"]
mod tests;
