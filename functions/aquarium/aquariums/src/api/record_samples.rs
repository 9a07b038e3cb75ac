//! `POST /v1/aquarium/readings`: records the samples of a device, and moves its alarms. The device authenticates with its key.
//!
//! Emits `aquariums.readings_summarized.v1` for each hour that ends with a batch, `aquariums.alarm_changed.v1`,
//! `aquariums.device_silence_changed.v1` and `notifications.requested.v1`.

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use dynamo::{ConflictRetry, Outbox, Patience};
use jiff::Timestamp;
use kit::http::{Fields, Invocation, Json, Problem};
use kit::limits::Exceeded;
use serde::{Deserialize, Serialize};
use types::SensorId;
use utoipa::ToSchema;
use water::Decimal;

use crate::alarming::{Cause, NotMoved, effects, end_silence};
use crate::ctx::ConsumerContext;
use crate::domain::alarm_head::Moved;
use crate::domain::bucket::Counts;
use crate::domain::day::Day;
use crate::domain::device::DeviceHead;
use crate::domain::device_key::DeviceKey;
use crate::domain::hour::Hour;
use crate::domain::ingest::{
    Batch, Change, MAX_BATCH_HOURS, MAX_SAMPLES, Sent, halves, hours_of, ingest, probably_past,
};
use crate::domain::summary::summaries;
use crate::problem::SensingRefusal;
use crate::store::{Effects, Stored};

/// The header that carries the key.
const HEADER: &str = "x-api-key";

/// The key of the device that calls. It is compared with the stored hash when the device is read.
#[derive(Debug, Clone)]
pub struct CallingDevice(DeviceKey);

impl<S: Send + Sync> FromRequestParts<S> for CallingDevice {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(header) = parts.headers.get(HEADER) else {
            let has_token = parts.headers.contains_key(AUTHORIZATION);
            let refusal = if has_token { SensingRefusal::TokenInsteadOfKey } else { SensingRefusal::DeviceKeyMissing };
            return Err(refusal.into());
        };
        let key = DeviceKey::read(header.to_str().unwrap_or_default());
        key.map(Self).map_err(|_| SensingRefusal::DeviceKeyInvalid.into())
    }
}

/// Samples of a device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordSamples {
    /// The samples, in any order.
    #[schema(min_items = 1, max_items = 500)]
    samples: Vec<SampleInput>,
}

/// What a sensor measured at an instant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SampleInput {
    /// Sensor of the device.
    sensor_id: SensorId,
    /// Time of the measurement as RFC 3339. Fractions of a second are cut off.
    #[schema(value_type = Timestamp)]
    at: String,
    /// What the probe reported, in the unit of the sensor and without calibration.
    value: Decimal,
}

/// What became of the samples.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedSamples {
    /// Number of new samples.
    stored: usize,
    /// Number of samples that were there already.
    duplicates: usize,
    /// Number of samples with another value than one of the same sensor and second. The first value stands.
    conflicts: usize,
    /// Number of samples of sensors that the device does not have, such as deleted ones. They are not stored.
    ignored: usize,
}

impl RecordedSamples {
    const fn of(Counts { stored, duplicates, conflicts }: Counts, ignored: usize) -> Self {
        Self { stored, duplicates, conflicts, ignored }
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            stored: self.stored + other.stored,
            duplicates: self.duplicates + other.duplicates,
            conflicts: self.conflicts + other.conflicts,
            ignored: self.ignored + other.ignored,
        }
    }
}

impl RecordSamples {
    fn parse(&self) -> Result<Vec<Sent>, Problem> {
        parsed(&self.samples, MAX_SAMPLES, MAX_BATCH_HOURS)
    }
}

/// Parses the samples of a request that may have so many, of so many hours.
pub(super) fn parsed(samples: &[SampleInput], max: usize, max_hours: usize) -> Result<Vec<Sent>, Problem> {
    let mut fields = Fields::new();
    if !(1..=max).contains(&samples.len()) {
        fields.refuse("samples", format!("must have 1 to {max} items; split the request"));
    }
    let samples = samples.iter().take(max).enumerate().map(|(number, sample)| {
        let at = fields.check(&format!("samples[{number}].at"), types::time::parse(&sample.at))?;
        Some(Sent { sensor_id: sample.sensor_id, at, value: sample.value })
    });
    let samples: Vec<_> = samples.collect();
    let (samples,) = fields.all((samples.into_iter().collect::<Option<Vec<_>>>(),))?;
    if hours_of(&samples) > max_hours {
        return Err(SensingRefusal::TooManyHours(max_hours).into());
    }
    Ok(samples)
}

/// Record samples of a device
///
/// Called by a device with its key in the header `X-Api-Key`. The key is valid for as long as the user to whom it was issued is
/// the owner or remains a keeper of the aquarium, and is refused while the account of that user is suspended. Records up to 500
/// samples of the sensors of the device, of up to 24 different hours, not older than 30 days and at most 5 minutes ahead.
/// Idempotent by sensor and second: a repeated sample has no effect, and another value for the same second is counted as a
/// conflict and not stored. Values that water cannot have, such as 85 °C, and temperatures of exactly 0 and -1 °C that no other
/// value of the hour confirms, are stored as suspect and are part of no statistics; those beyond what can be stored become the
/// nearest value that can. Samples of sensors that the device does not have are counted as `ignored` and not stored, also if
/// there are no others. Nothing is stored if a sample is refused for its time, or because its value is no number. The samples
/// move the alarms of the device, except for those that are more than 30 minutes older than its newest one; members are
/// notified of alarms that begin or end. When an hour ends, a summary of it is published; samples that arrive later are not
/// part of it. Limit: 2,000 requests per device and day (UTC) with new samples of hours that ended before. Beyond it, samples
/// of the newest hour are recorded nevertheless. After an error, send the samples again: those that are stored count as
/// duplicates.
#[utoipa::path(
    post, path = "/v1/aquarium/readings", operation_id = "record_samples", tag = "aquariums",
    security(("apiKey" = [])),
    request_body = RecordSamples,
    responses(
        (status = 200, description = "Samples recorded", body = RecordedSamples),
        (status = 422, description = "`aquariums.too_many_hours`: the samples are in more than 24 different hours"),
        (status = 429, description = "`request.limit_exceeded`: the device changed past hours with 2,000 requests today; the samples of the newest hour are recorded, retry the others after `Retry-After` seconds"),
    )
)]
pub async fn record_samples(
    State(ctx): State<&'static ConsumerContext>,
    call: Invocation,
    CallingDevice(key): CallingDevice,
    Json(body): Json<RecordSamples>,
) -> Result<Json<RecordedSamples>, Problem> {
    let (sent, cause) = (body.parse()?, Cause::new(call.correlation_id.clone(), ctx.clock.now()));
    let mut hours = probably_past(&sent, cause.now);
    let (mut parts, mut recorded) = (vec![sent], RecordedSamples::default());
    let patience = Patience { max_attempts: MAX_ATTEMPTS, until: call.deadline.instant() };
    let (mut retry, mut refused) = (ConflictRetry::paced(patience), None);
    // One part, unless its samples begin and end more alarms than one transaction has room for.
    while let Some(part) = parts.last() {
        let stored = ctx.store.stored(&key, &hours).await?;
        let stored = stored.filter(|stored| stored.admits(&key));
        let stored = stored.ok_or(SensingRefusal::DeviceKeyInvalid)?;
        match Box::pin(record(ctx, &call, &stored, (part, &cause))).await? {
            Recorded::Done(done) => {
                recorded = recorded.plus(done);
                parts.pop();
                retry = ConflictRetry::paced(patience);
            }
            Recorded::PastLimit(exceeded) => {
                // What is late waits, and what is new moves alarms.
                let mut part = parts.pop().unwrap_or_default();
                let all = part.len();
                part.retain(|sample| !stored.head.value.is_late(Hour::at(sample.at)));
                parts.extend(Some(part).filter(|part| (1..all).contains(&part.len())));
                refused = Some(exceeded);
            }
            Recorded::TooManyAlarms => {
                let (earlier, later) = halves(parts.pop().unwrap_or_default());
                parts.extend([later, earlier]);
            }
            Recorded::Unread(more) => {
                hours.extend(more);
                retry.pause().await?;
            }
            Recorded::Conflict => retry.pause().await?,
        }
    }
    match refused {
        Some(exceeded) => Err(exceeded.into()),
        None => Ok(Json(recorded)),
    }
}

/// Attempts to write a part. Batches that a device sends at the same time all change its head, and a slow table makes each meet the
/// others more often.
const MAX_ATTEMPTS: u32 = 64;

/// What an attempt came to.
enum Recorded {
    Done(RecordedSamples),
    /// The buckets of these hours are needed too.
    Unread(Vec<Hour>),
    /// The samples have to be written in parts.
    TooManyAlarms,
    /// The device has changed past hours too often today.
    PastLimit(Exceeded),
    Conflict,
}

async fn record(
    ctx: &ConsumerContext,
    call: &Invocation,
    stored: &Stored,
    (sent, cause): (&[Sent], &Cause),
) -> Result<Recorded, Problem> {
    let head = &stored.head.value;
    let batch = Batch::of(head, sent, cause.now).map_err(|errors| {
        let mut fields = Fields::new();
        for (number, error) in errors {
            fields.refuse(&format!("samples[{number}].{}", error.field()), error);
        }
        fields.all((None::<()>,)).err().unwrap_or_else(|| Problem::internal("refused samples without an error"))
    })?;
    let mut change = match ingest(head, &batch, &stored.samples()) {
        Ok(change) => change,
        Err(unread) => return Ok(Recorded::Unread(unread.hours)),
    };
    let recorded = RecordedSamples::of(change.counts, batch.ignored());
    let Some((head, effects)) = move_alarms(ctx, stored, &change, &batch, cause).await? else {
        return Ok(Recorded::TooManyAlarms);
    };
    change.head = head;
    if change.past.is_empty() && change.head == stored.head.value {
        return Ok(Recorded::Done(recorded));
    }
    if change.has_late_samples() {
        match change.head.changing_past(cause.now) {
            Ok(head) => change.head = head,
            Err(exceeded) => return Ok(Recorded::PastLimit(exceeded)),
        }
    }
    if let Some(day) = Box::pin(summarize(ctx, stored)).await {
        change.head.summarized = Some(day);
    }
    let earliest = change.past.keys().next().copied().or(change.head.open.as_ref().map(|open| open.hour));
    if let Some(earliest) = earliest {
        change.head = change.head.changed_since(earliest);
    }
    let summaries = summary_events(call, &change, cause.now)?;
    let written = ctx.store.write_batch(stored, change, (&effects, &summaries), cause.now).await?;
    Ok(if written { Recorded::Done(recorded) } else { Recorded::Conflict })
}

/// Stores the summary of the next day that has ended, and returns the day. The head that says so is written afterwards: a batch that
/// is killed in between, or that another one overtakes, is followed by one that stores it again. So is a batch for which it cannot
/// be stored, whose samples are stored all the same.
async fn summarize(ctx: &ConsumerContext, stored: &Stored) -> Option<Day> {
    let head = &stored.head.value;
    let (day, access) = (head.day_to_summarize()?, stored.access()?);
    match ctx.store.summarize_days(access, head, &BTreeSet::from([day])).await {
        Ok(is_stored) => is_stored.then_some(day),
        Err(error) => {
            tracing::warn!(device = %head.id, %error, "a day is summarized later");
            None
        }
    }
}

/// The events of the hours that ended.
fn summary_events(call: &Invocation, change: &Change, now: Timestamp) -> Result<Outbox, Problem> {
    let mut outbox = Outbox::none();
    let ended = change.ended.iter().filter_map(|hour| Some((*hour, change.past.get(hour)?)));
    for fact in summaries(&change.head, ended) {
        outbox.push(call.event(now, fact))?;
    }
    Ok(outbox)
}

/// The head after the samples have moved its alarms, and what that leads to; none if they have to be written in parts.
async fn move_alarms(
    ctx: &ConsumerContext,
    stored: &Stored,
    change: &Change,
    batch: &Batch,
    cause: &Cause,
) -> Result<Option<(DeviceHead, Effects)>, Problem> {
    // A key is admitted with an access only.
    let access = stored.access().ok_or(SensingRefusal::DeviceKeyInvalid)?;
    let samples = batch.samples();
    let moved = change.head.clone().observing(&samples);
    let effects = match effects(&ctx.store, access, &stored.head.value, &moved, cause).await {
        Ok(effects) => effects,
        Err(NotMoved::TooMany) if samples.len() > 1 => return Ok(None),
        Err(NotMoved::TooMany) => {
            tracing::warn!(device = %change.head.id, "a sample would change too many alarms, and moves none");
            return Ok(Some((change.head.clone(), Effects::default())));
        }
        Err(error) => return Err(error.into()),
    };
    let Moved { head, .. } = moved;
    Ok(Some(end_silence(&ctx.store, access, (head, effects), cause).await?))
}
