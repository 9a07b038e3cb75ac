//! `POST /v1/aquarium/aquariums/{id}/readings/manual`: records values that a member measured by hand. Requires `Idempotency-Key`.
//!
//! Emits `aquariums.reading_recorded.v1` for each of them.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::AquariumId;
use utoipa::ToSchema;
use water::{Decimal, Entered, Parameter, Unit};

use crate::api::reading_view::{ManualReading, measurement};
use crate::ctx::Ctx;
use crate::domain::access::{Role, Scope};
use crate::domain::moment::past;
use crate::domain::reading::{MAX_READINGS, Measurement, Place, Reading};
use crate::problem::{Refusal, SensingRefusal};
use crate::store::NotStored;

/// Request to record manual readings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordManualReadings {
    /// Time of the measurements, for readings without a time of their own. Not before the year 2000, and at most 5 minutes ahead.
    /// Precise to milliseconds.
    #[schema(value_type = Option<Timestamp>)]
    measured_at: Option<String>,
    /// The values.
    #[schema(min_items = 1, max_items = 20)]
    readings: Vec<ReadingInput>,
}

/// A value that was measured by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ManualReadingInput)]
pub struct ReadingInput {
    /// What was measured.
    parameter: Parameter,
    /// Value as the test kit shows it.
    value: Decimal,
    /// Unit of the value: one of the parameter. Concentrations of nitrogen and phosphorus need a basis.
    unit: Unit,
    /// Time of the measurement. Omit it if the request has one for all values.
    #[schema(value_type = Option<Timestamp>)]
    measured_at: Option<String>,
}

/// Recorded manual readings.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordedReadings {
    /// The readings, in the order of the request.
    items: Vec<ManualReading>,
}

impl RecordManualReadings {
    fn parse(&self, now: Timestamp) -> Result<Vec<(Place, Measurement)>, Problem> {
        let mut fields = Fields::new();
        if !(1..=MAX_READINGS).contains(&self.readings.len()) {
            fields.refuse("readings", format!("must have 1 to {MAX_READINGS} items; split the request"));
        }
        let common = self.measured_at.as_deref().map(|text| past(text, now));
        let common = fields.check("measuredAt", common.transpose()).flatten();
        let needs_common = self.measured_at.is_none();
        let parsed = self.readings.iter().take(MAX_READINGS).enumerate().map(|(number, reading)| {
            let prefix = format!("readings[{number}].");
            let field = format!("{prefix}measuredAt");
            let measured_at = match reading.measured_at.as_deref() {
                Some(text) => fields.check(&field, past(text, now)),
                None if needs_common => fields.required(&field, None),
                None => common,
            };
            let entered = Entered { value: reading.value, unit: reading.unit };
            let measurement = measurement(&mut fields, &prefix, reading.parameter, entered);
            let place = measured_at.map(|measured_at| Place { parameter: reading.parameter, measured_at });
            place.zip(measurement)
        });
        let parsed: Vec<_> = parsed.collect();
        fields.all((parsed.into_iter().collect::<Option<Vec<_>>>(),)).map(|(readings,)| readings)
    }
}

/// Record manual readings
///
/// Allowed for the owner and keepers. Records 1 to 20 values that were measured by hand, all or none. Each keeps the value and the
/// unit in which it was entered. Values that water with living animals cannot have are refused. Limit: 1,000 readings per user and
/// day. Idempotent by `Idempotency-Key` and the parameters and times of the readings: a repeated request sends all unchanged.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/readings/manual", operation_id = "record_manual_readings", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), IdempotencyKey),
    request_body = RecordManualReadings,
    responses(
        (status = 201, description = "Readings recorded", body = RecordedReadings),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can record readings"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body, or what it created was deleted"),
        (status = 429, description = "`request.limit_exceeded`: the user recorded 1,000 readings today; retry after `Retry-After` seconds"),
    )
)]
pub async fn record_manual_readings(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<RecordManualReadings>,
) -> Result<Created<RecordedReadings>, Problem> {
    let (user, now) = (standing.user_id(), ctx.clock.now());
    let values = body.parse(now)?;
    let location = format!("/v1/aquarium/aquariums/{id}/readings/manual");
    let (_, mut found) = standing.with(ctx.store.reading_log(user, id)).await?;
    let mut retry = ConflictRetry::default();
    loop {
        let log = found.ok_or(Refusal::NoSuchAquarium)?;
        log.scope.at_least(Role::Keeper)?;
        let readings = new_readings(&call, &attempt, &log.scope, &values, now)?;
        match ctx.store.record_readings(&log, &readings, now).await {
            Ok(()) => return Ok(Created::at(location, RecordedReadings::of(readings.iter().map(|(new, _)| new)))),
            Err(NotStored::Exist(before)) => return Ok(Created::at(location, repeated(&before, &values)?)),
            Err(NotStored::Limit(exceeded)) => return Err(exceeded.into()),
            Err(NotStored::Store(error)) => return Err(error.into()),
            Err(NotStored::Moved) => retry.pause().await?,
        }
        found = ctx.store.reading_log(user, id).await?;
    }
}

/// The readings with their events. The position in the request is part of the ID, since a parameter can be measured twice.
fn new_readings(
    call: &Invocation,
    attempt: &IdempotencyKey,
    scope: &Scope,
    values: &[(Place, Measurement)],
    now: Timestamp,
) -> Result<Vec<(Reading, Outbox)>, Problem> {
    let new = values.iter().enumerate().map(|(number, (place, measurement))| {
        let caller = format!("{}#{}#{number}", scope.user_id(), scope.aquarium_id());
        let seed = attempt.derive_id("record_manual_readings", &caller);
        let reading = Reading::new(scope, *place, seed, *measurement, now);
        let outbox = Outbox::of(call.event(now, reading.fact(1)))?;
        Ok::<_, Problem>((reading, outbox))
    });
    new.collect()
}

/// The response to a repeated request: the readings as they are now.
fn repeated(before: &[Versioned<Reading>], values: &[(Place, Measurement)]) -> Result<RecordedReadings, Problem> {
    let pairs = || before.iter().map(|read| &read.value).zip(values);
    let is_same = before.len() == values.len()
        && pairs().all(|(read, (_, measurement))| read.was_recorded_with(measurement.entered));
    if !is_same {
        return Err(SensingRefusal::KeyReused.into());
    }
    Ok(RecordedReadings::of(before.iter().map(|read| &read.value)))
}

impl RecordedReadings {
    fn of<'a>(readings: impl Iterator<Item = &'a Reading>) -> Self {
        Self { items: readings.map(ManualReading::of).collect() }
    }
}
