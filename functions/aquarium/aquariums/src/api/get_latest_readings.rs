//! `GET /v1/aquarium/aquariums/{id}/latest`: the newest value of each sensor, and of each parameter that was measured by hand.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{AquariumId, ReadingId, SensorId};
use utoipa::ToSchema;
use water::{Decimal, Parameter, Unit};

use crate::api::sensing_views::value_in;
use crate::ctx::Ctx;
use crate::domain::device::Probe;
use crate::domain::reading::{Newest, Place};
use crate::domain::target::{Comparison, Target, target_of};
use crate::problem::Refusal;
use crate::store::Measured;

/// The newest values of an aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LatestReadings {
    /// One entry per sensor that has sent a plausible value, then one per parameter that was measured by hand.
    items: Vec<LatestReading>,
}

/// The newest value of a sensor, or of a parameter that was measured by hand.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LatestReading {
    /// Sensor ID. Null for a manual reading.
    sensor_id: Option<SensorId>,
    /// Reading ID of a manual reading. Null for the value of a sensor.
    reading_id: Option<ReadingId>,
    /// What it measures.
    parameter: Parameter,
    /// Value. Suspect values are left out.
    value: Decimal,
    /// Unit of the value.
    unit: Unit,
    /// Time of the measurement.
    #[serde(serialize_with = "types::time::millis")]
    measured_at: Timestamp,
    /// How the value compares with the target of the parameter. Null without a target.
    in_target: Option<Comparison>,
}

impl LatestReading {
    fn of_sensor(probe: &Probe, targets: &[Target]) -> Option<Self> {
        let latest = probe.latest?;
        Some(Self {
            sensor_id: Some(probe.id),
            reading_id: None,
            parameter: probe.parameter,
            value: value_in(probe.parameter, latest.value, probe.unit).ok()?,
            unit: probe.unit,
            measured_at: Timestamp::from_second(latest.second).ok()?,
            in_target: target_of(targets, probe.parameter).map(|target| target.compare(latest.value)),
        })
    }

    fn by_hand(Place { parameter, measured_at }: Place, newest: Newest, targets: &[Target]) -> Self {
        let Newest { id, measurement } = newest;
        Self {
            sensor_id: None,
            reading_id: Some(id),
            parameter,
            value: measurement.entered.value,
            unit: measurement.entered.unit,
            measured_at,
            in_target: target_of(targets, parameter).map(|target| target.compare(measurement.value)),
        }
    }
}

/// Get the latest readings
///
/// Allowed for all members of the aquarium. Returns the newest plausible value of each sensor that a device sends, and the newest
/// manual reading of each parameter as it was entered. Each is compared with the target of its parameter.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/latest", operation_id = "get_latest_readings", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 200, description = "The newest values", body = LatestReadings),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn get_latest_readings(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<LatestReadings>, Problem> {
    let found = ctx.store.measured(caller.user_id, id).await?;
    let Measured { aquarium, heads, readings } = found.ok_or(Refusal::NoSuchAquarium)?;
    let targets = aquarium.map(|aquarium| aquarium.targets).unwrap_or_default();
    let sensors = heads.iter().flat_map(|head| &head.sensors);
    let sensors = sensors.filter_map(|probe| LatestReading::of_sensor(probe, &targets));
    let by_hand = readings.entries().map(|(place, newest)| LatestReading::by_hand(place, newest, &targets));
    Ok(Json(LatestReadings { items: sensors.chain(by_hand).collect() }))
}
