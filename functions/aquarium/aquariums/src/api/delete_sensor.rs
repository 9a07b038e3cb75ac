//! `DELETE /v1/aquarium/aquariums/{id}/sensors/{sensorId}`: deletes a sensor.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{NoContent, Path, Problem};
use types::{AquariumId, SensorId};

use crate::api::sensing_views::SensorPath;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::{Refusal, SensingRefusal};
use crate::store::{Committed, Installation};

/// Delete a sensor
///
/// Allowed for the owner and keepers of the aquarium. The device can no longer send values of the sensor, and its readings are no
/// longer shown.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/sensors/{sensorId}", operation_id = "delete_sensor", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("sensorId" = SensorId, Path, description = "Sensor ID")),
    responses(
        (status = 204, description = "Sensor deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can delete sensors"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_sensor`: the aquarium has no sensor with this ID"),
    )
)]
pub async fn delete_sensor(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<SensorPath>,
) -> Result<NoContent, Problem> {
    let user = standing.user_id();
    let (_, mut found) = standing.with(ctx.store.installation(user, path.id)).await?;
    let mut retry = ConflictRetry::default();
    loop {
        let installation = found.ok_or(Refusal::NoSuchAquarium)?;
        installation.scope.at_least(Role::Keeper)?;
        if delete(ctx, &installation, path.sensor_id).await? == Committed::Done {
            return Ok(NoContent);
        }
        retry.pause().await?;
        found = ctx.store.installation(user, path.id).await?;
    }
}

async fn delete(ctx: &Ctx, installation: &Installation, id: SensorId) -> Result<Committed, Problem> {
    let directory = installation.directory();
    let placed = directory.sensor(id).ok_or(SensingRefusal::NoSuchSensor)?;
    let (sensor, head) = ctx.store.sensor_and_head(&installation.scope, id, placed.device_id).await?;
    let sensor = sensor.ok_or(SensingRefusal::NoSuchSensor)?;
    let next = head.as_ref().map(|head| head.value.without_sensor(id));
    let head = head.as_ref().zip(next.as_ref());
    Ok(ctx.store.delete_sensor(installation, &sensor, head, &directory.without_sensor(id)).await?)
}
