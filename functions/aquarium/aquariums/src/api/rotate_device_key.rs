//! `POST /v1/aquarium/aquariums/{id}/devices/{deviceId}/key`: replaces the key of a device.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Json, Path, Problem};
use types::{AquariumId, DeviceId};

use crate::api::create_device::new_key;
use crate::api::sensing_views::{DeviceKeyView, DevicePath};
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::contribution::Contribution;
use crate::problem::{Refusal, SensingRefusal};
use crate::store::Committed;

/// Replace the key of a device
///
/// Allowed for the owner and keepers of the aquarium. The former key is refused immediately. The response contains the new key,
/// which is not shown again. Each request creates another key. It is bound to the caller: it is refused as soon as the caller is
/// neither owner nor keeper of the aquarium, and stays so if the caller becomes a keeper again.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/devices/{deviceId}/key", operation_id = "rotate_device_key", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("deviceId" = DeviceId, Path, description = "Device ID")),
    responses(
        (status = 200, description = "Key replaced", body = DeviceKeyView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can replace keys"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_device`: the aquarium has no device with this ID"),
    )
)]
pub async fn rotate_device_key(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<DevicePath>,
) -> Result<Json<DeviceKeyView>, Problem> {
    let (user, key) = (standing.user_id(), new_key(path.device_id, path.id)?);
    let head_for_key = || ctx.store.head_for_key(user, path.id, path.device_id);
    let load = async || futures::try_join!(ctx.store.installation(user, path.id), head_for_key());
    let (_, (mut installation, mut found)) = standing.with(load()).await?;
    let mut retry = ConflictRetry::default();
    loop {
        let known = installation.ok_or(Refusal::NoSuchAquarium)?;
        known.scope.at_least(Role::Keeper)?;
        let (head, is_recorded) = found;
        // A head of another aquarium was read with the request's ID only, and says nothing.
        let read = head.filter(|head| head.value.aquarium_id == path.id).ok_or(SensingRefusal::NoSuchDevice)?;
        let next = read.value.with_key(key.hash(), &known.scope);
        let record = Contribution::of_device_key(&known.scope, path.device_id, ctx.clock.now());
        let record = record.filter(|_| !is_recorded);
        if ctx.store.replace_head(&known, &read, &next, record.as_ref()).await? == Committed::Done {
            return Ok(Json(DeviceKeyView::from(&key)));
        }
        retry.pause().await?;
        (installation, found) = load().await?;
    }
}
