//! `DELETE /v1/aquarium/aquariums/{id}/sensors/{sensorId}`: deletes a sensor.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Invocation, NoContent, Path, Problem};
use types::{AquariumId, SensorId};

use crate::alarming::{Cause, change_setup, without_sensor};
use crate::api::attempts::InstallationAttempts;
use crate::api::sensing_views::SensorPath;
use crate::ctx::Ctx;
use crate::problem::SensingRefusal;
use crate::store::{Committed, Installation};

/// Delete a sensor
///
/// Allowed for the owner and keepers of the aquarium. The device can no longer send values of the sensor, and its readings are no
/// longer shown. Alarm rules go on with their other sensors; those that cannot are deleted, and their open alarms end.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/sensors/{sensorId}", operation_id = "delete_sensor", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("sensorId" = SensorId, Path, description = "Sensor ID")),
    responses(
        (status = 204, description = "Sensor deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can delete sensors"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_sensor`: the aquarium has no sensor with this ID"),
        (status = 409, description = "`aquariums.too_many_alarms`: more than 40 alarms would change at once"),
    )
)]
pub async fn delete_sensor(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(path): Path<SensorPath>,
) -> Result<NoContent, Problem> {
    let user = standing.user_id();
    let cause = Cause::new(call.correlation_id, ctx.clock.now());
    let mut attempts = InstallationAttempts::begin(&standing, || ctx.store.installation(user, path.id)).await?;
    loop {
        let installation = attempts.read().await?;
        if Box::pin(delete(ctx, &installation, path.sensor_id, &cause)).await? == Committed::Done {
            return Ok(NoContent);
        }
    }
}

async fn delete(ctx: &Ctx, installation: &Installation, id: SensorId, cause: &Cause) -> Result<Committed, Problem> {
    let directory = installation.directory();
    let placed = directory.sensor(id).ok_or(SensingRefusal::NoSuchSensor)?;
    let (sensor, head) = ctx.store.sensor_and_head(&installation.scope, id, placed.device_id).await?;
    let sensor = sensor.ok_or(SensingRefusal::NoSuchSensor)?;
    let (mut rules, mut write) = (Vec::new(), None);
    if let Some(head) = head {
        if !ctx.store.summarize_before_deletion(&installation.access, &head.value, |sensor| sensor == id).await? {
            return Ok(Committed::Conflict);
        }
        let (next, changed) = without_sensor(&ctx.store, &installation.scope, &head.value, id).await?;
        rules = changed;
        write = Some(change_setup(&ctx.store, &installation.access, head, next, cause).await?);
    }
    let next = directory.without_sensor(id);
    Ok(ctx.store.delete_sensor(installation, &sensor, (write.as_ref(), &rules), &next).await?)
}
