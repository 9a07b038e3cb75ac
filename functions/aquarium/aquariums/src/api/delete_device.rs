//! `DELETE /v1/aquarium/aquariums/{id}/devices/{deviceId}`: deletes a device with its sensors.
//!
//! Emits `aquariums.alarm_changed.v1`, `aquariums.device_silence_changed.v1` and `notifications.requested.v1`.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Invocation, NoContent, Path, Problem};
use types::{AquariumId, DeviceId};

use crate::alarming::{Cause, end_device};
use crate::api::attempts::InstallationAttempts;
use crate::api::sensing_views::DevicePath;
use crate::ctx::Ctx;
use crate::problem::SensingRefusal;
use crate::store::{Committed, Installation, RuleWrite};

/// Delete a device
///
/// Allowed for the owner and keepers of the aquarium. Deletes the device with its sensors and alarm rules, and ends its
/// open alarms. Its key is refused immediately. The readings of the device are no longer shown, and are deleted with
/// the aquarium.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/devices/{deviceId}", operation_id = "delete_device", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("deviceId" = DeviceId, Path, description = "Device ID")),
    responses(
        (status = 204, description = "Device deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can delete devices"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_device`: the aquarium has no device with this ID"),
        (status = 409, description = "`aquariums.too_many_alarms`: more than 40 alarms would change at once"),
    )
)]
pub async fn delete_device(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(path): Path<DevicePath>,
) -> Result<NoContent, Problem> {
    let user = standing.user_id();
    let cause = Cause::new(call.correlation_id, ctx.clock.now());
    let mut attempts = InstallationAttempts::begin(&standing, || ctx.store.installation(user, path.id)).await?;
    loop {
        let installation = attempts.read().await?;
        if Box::pin(delete(ctx, &installation, path.device_id, &cause)).await? == Committed::Done {
            return Ok(NoContent);
        }
    }
}

async fn delete(ctx: &Ctx, installation: &Installation, id: DeviceId, cause: &Cause) -> Result<Committed, Problem> {
    let directory = installation.directory();
    if !directory.has_device(id) {
        return Err(SensingRefusal::NoSuchDevice.into());
    }
    let parts = ctx.store.device_parts(&installation.scope, id, &directory).await?;
    let parts = parts.ok_or(SensingRefusal::NoSuchDevice)?;
    if !ctx.store.summarize_before_deletion(&installation.access, &parts.head.value, |_| true).await? {
        return Ok(Committed::Conflict);
    }
    let ids: Vec<_> = parts.head.value.rules.iter().map(|rule| rule.id).collect();
    let rules = ctx.store.rules_by_id(&installation.scope, &ids).await?;
    let rules: Vec<_> = rules.into_iter().map(RuleWrite::Delete).collect();
    let head = end_device(&ctx.store, &installation.access, &parts, cause).await?;
    Ok(ctx.store.delete_device(installation, &parts, (&head, &rules), &directory.without_device(id)).await?)
}
