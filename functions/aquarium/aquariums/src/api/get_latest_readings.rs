//! `GET /v1/aquarium/aquariums/{id}/latest`: the newest value of each sensor.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{AquariumId, SensorId};
use utoipa::ToSchema;
use water::{Decimal, Parameter, Unit};

use crate::api::sensing_views::value_in;
use crate::ctx::Ctx;
use crate::domain::device::{DeviceHead, Probe};
use crate::problem::Refusal;

/// The newest values of an aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LatestReadings {
    /// One entry per sensor that has sent a plausible value.
    items: Vec<LatestReading>,
}

/// The newest value of a sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LatestReading {
    /// Sensor ID.
    sensor_id: SensorId,
    /// What it measures.
    parameter: Parameter,
    /// Value. Suspect values are left out.
    value: Decimal,
    /// Unit of the value.
    unit: Unit,
    /// Time of the measurement.
    #[serde(serialize_with = "types::time::millis")]
    measured_at: Timestamp,
}

impl LatestReading {
    fn of(probe: &Probe) -> Option<Self> {
        let latest = probe.latest?;
        Some(Self {
            sensor_id: probe.id,
            parameter: probe.parameter,
            value: value_in(probe.parameter, latest.value, probe.unit).ok()?,
            unit: probe.unit,
            measured_at: Timestamp::from_second(latest.second).ok()?,
        })
    }
}

/// Get the latest readings
///
/// Allowed for all members of the aquarium. Returns the newest plausible value of each sensor that a device sends.
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
    let installation = ctx.store.installation(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let heads: Vec<DeviceHead> = ctx.store.heads(&installation.directory()).await?;
    let items = heads.iter().flat_map(|head| &head.sensors).filter_map(LatestReading::of).collect();
    Ok(Json(LatestReadings { items }))
}
