//! `POST /v1/aquarium/aquariums/{id}/sensors/{sensorId}/calibrations`: calibrates a sensor.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Fields, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, SensorId};
use utoipa::ToSchema;
use water::{Decimal, Entered, canonical};

use crate::alarming::{Cause, change_setup};
use crate::api::attempts::InstallationAttempts;
use crate::api::sensing_views::{SensorPath, SensorView};
use crate::ctx::Ctx;
use crate::domain::calibration::{Calibration, Point};
use crate::domain::sensor::Sensor;
use crate::problem::SensingRefusal;
use crate::store::{Committed, Installation};

/// Request to calibrate a sensor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateCalibration {
    /// Two or three points, in the order in which they were taken, in the unit of the sensor. Of two points with the same reference
    /// value, the newest stands.
    #[schema(min_items = 2, max_items = 10)]
    points: Vec<CalibrationPointInput>,
}

/// What the probe reported in a solution of a known value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalibrationPointInput {
    /// What the probe reported without calibration.
    raw: Decimal,
    /// Value of the solution.
    reference: Decimal,
}

impl CreateCalibration {
    fn parse(&self, sensor: &Sensor, from: Timestamp) -> Result<Calibration, Problem> {
        let mut fields = Fields::new();
        let mut stored = |at: usize, name: &str, value: Decimal| {
            let converted = canonical(sensor.parameter, Entered { value, unit: sensor.unit });
            fields.check(&format!("points[{at}].{name}"), converted)
        };
        let points: Vec<_> = (0..)
            .zip(&self.points)
            .map(|(at, point)| {
                let (raw, reference) = (stored(at, "raw", point.raw), stored(at, "reference", point.reference));
                Some(Point { raw: raw?.get(), reference: reference?.get() })
            })
            .collect();
        let points: Option<Vec<_>> = points.into_iter().collect();
        let calibration = points.and_then(|points| fields.check("points", Calibration::through(&points, from)));
        fields.all((calibration,)).map(|(calibration,)| calibration)
    }
}

/// Calibrate a sensor
///
/// Allowed for the owner and keepers of the aquarium. The calibration holds for samples that are measured from now on.
/// Readings from before are unchanged, also if they arrive later. Trends of alarm rules about the device begin anew. A
/// sensor has at most 20 calibrations. Idempotent: the points of the last calibration have no further effect.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/sensors/{sensorId}/calibrations", operation_id = "create_calibration", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("sensorId" = SensorId, Path, description = "Sensor ID")),
    request_body = CreateCalibration,
    responses(
        (status = 200, description = "Sensor calibrated", body = SensorView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can calibrate sensors"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_sensor`: the aquarium has no sensor with this ID"),
        (status = 409, description = "`aquariums.too_many_calibrations`: the sensor has 20 calibrations; `aquariums.too_many_alarms`: more than 40 alarms would change at once"),
    )
)]
pub async fn create_calibration(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(path): Path<SensorPath>,
    Json(body): Json<CreateCalibration>,
) -> Result<Json<SensorView>, Problem> {
    let user = standing.user_id();
    let cause = Cause::new(call.correlation_id, ctx.clock.now());
    let mut attempts = InstallationAttempts::begin(&standing, || ctx.store.installation(user, path.id)).await?;
    loop {
        let installation = attempts.read().await?;
        if let Some(sensor) = Box::pin(calibrate(ctx, &installation, path.sensor_id, &body, &cause)).await? {
            return Ok(Json(SensorView::from(&sensor)));
        }
    }
}

/// The calibrated sensor; none if another write was faster.
async fn calibrate(
    ctx: &Ctx,
    installation: &Installation,
    id: SensorId,
    body: &CreateCalibration,
    cause: &Cause,
) -> Result<Option<Sensor>, Problem> {
    let directory = installation.directory();
    let placed = directory.sensor(id).ok_or(SensingRefusal::NoSuchSensor)?;
    let (read, head) = ctx.store.sensor_and_head(&installation.scope, id, placed.device_id).await?;
    let read = read.ok_or(SensingRefusal::NoSuchSensor)?;
    let calibration = body.parse(&read.value, cause.now)?;
    // A repeated request: its points are those of the last calibration.
    if read.value.calibrations.last().is_some_and(|last| last.points() == calibration.points()) {
        return Ok(Some(read.value));
    }
    let next = read.value.calibrated(calibration).map_err(SensingRefusal::from)?;
    let head = match head {
        Some(head) => {
            let calibrated = head.value.with_calibrations(&next);
            Some(change_setup(&ctx.store, &installation.access, head, calibrated, cause).await?)
        }
        None => None,
    };
    let committed = ctx.store.replace_sensor(installation, &read, &next, head.as_ref()).await?;
    Ok((committed == Committed::Done).then_some(next))
}
