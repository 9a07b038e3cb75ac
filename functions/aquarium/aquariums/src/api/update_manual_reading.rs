//! `PATCH /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`: corrects a reading that a member recorded by hand. Requires
//! `If-Match`.
//!
//! Emits `aquariums.reading_recorded.v1` if something changes.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, ReadingId};
use utoipa::ToSchema;
use water::{Decimal, Entered, Unit};

use crate::api::fields::given;
use crate::api::reading_view::{ManualReading, ReadingPath, measurement};
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::reading::{Measurement, Reading};
use crate::problem::{Refusal, SensingRefusal};

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateManualReading {
    /// Value.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    value: Option<Decimal>,
    /// Unit of the value. A new unit alone keeps the number: it corrects a wrong unit and converts nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    unit: Option<Unit>,
}

impl UpdateManualReading {
    fn parse(&self, reading: &Reading) -> Result<Measurement, Problem> {
        let before = reading.measurement.entered;
        let entered = Entered { value: self.value.unwrap_or(before.value), unit: self.unit.unwrap_or(before.unit) };
        let mut fields = Fields::new();
        let measurement = measurement(&mut fields, "", reading.parameter, entered);
        fields.all((measurement,)).map(|(measurement,)| measurement)
    }
}

/// Update a manual reading
///
/// Allowed for the owner and keepers. Corrects value or unit; absent fields stay unchanged. Parameter and time of a reading do not
/// change: delete it and record another one. Requires `If-Match` with the last `ETag`.
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/readings/manual/{readingId}", operation_id = "update_manual_reading", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("readingId" = ReadingId, Path, description = "Reading ID"),
        IfMatch,
    ),
    request_body = UpdateManualReading,
    responses(
        (status = 200, description = "The updated reading", body = ManualReading),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can change readings"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_reading`: the aquarium has no reading with this ID"),
    )
)]
pub async fn update_manual_reading(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(ReadingPath { id, reading_id }): Path<ReadingPath>,
    Json(body): Json<UpdateManualReading>,
) -> Result<Tagged<ManualReading>, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.open_reading(standing.user_id(), id, reading_id)).await?;
        let (log, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        log.scope.at_least(Role::Keeper)?;
        let read = read.filter(|read| !read.value.is_deleted()).ok_or(SensingRefusal::NoSuchReading)?;
        based_on.check(read.version)?;
        let Some(next) = read.value.corrected(body.parse(&read.value)?) else {
            return Ok(Tagged::new(read.version, ManualReading::of(&read.value)));
        };
        let (version, newest) = (read.version + 1, log.newest().with(&next));
        let outbox = Outbox::of(call.event(now, next.fact(version)))?;
        if ctx.store.change_reading(&log, &read, (&next, &newest), (&outbox, now)).await? {
            return Ok(Tagged::new(version, ManualReading::of(&next)));
        }
        retry.pause().await?;
    }
}
