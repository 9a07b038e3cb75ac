//! `POST /v1/aquarium/aquariums/{id}/devices`: adds a device that sends readings. Requires `Idempotency-Key`.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, DeviceId};
use utoipa::ToSchema;

use crate::api::attempts::InstallationAttempts;
use crate::api::sensing_views::DeviceKeyView;
use crate::ctx::Ctx;
use crate::domain::device::{Device, DeviceHead, USUAL_INTERVAL_S, interval};
use crate::domain::device_key::DeviceKey;
use crate::domain::sensor::Label;
use crate::domain::watch::Watch;
use crate::problem::SensingRefusal;
use crate::store::{Committed, Installation};

/// Request to create a device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDevice {
    /// Name.
    #[schema(min_length = 1, max_length = 64, example = "Controller in the cabinet")]
    name: String,
    /// How often it sends a sample, in seconds. It is reported as silent after three missing samples, at least after
    /// ten minutes. 300 if it is absent.
    #[schema(minimum = 10, maximum = 86_400, example = 300)]
    interval_seconds: Option<u32>,
}

/// Create a device
///
/// Allowed for the owner and keepers of the aquarium. The response contains the key with which the device records
/// samples (`POST /v1/aquarium/readings`, header `X-Api-Key`). The key is not shown again. An aquarium has at most 10
/// devices. With the same `Idempotency-Key`, a repeated request creates no second device and gets 409
/// `aquariums.device_exists`. The key is bound to the user who creates it: it is refused as soon as that user is
/// neither owner nor keeper of the aquarium, and stays so if the user becomes a keeper again. The owner and keepers are
/// notified when the device sends nothing for too long.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/devices", operation_id = "create_device", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), IdempotencyKey),
    request_body = CreateDevice,
    responses(
        (status = 201, description = "Device created", body = DeviceKeyView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can add devices"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`aquariums.device_exists`: the `Idempotency-Key` has created a device; `aquariums.too_many_devices`: the aquarium has 10 devices"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body, or what it created was deleted"),
    )
)]
pub async fn create_device(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<CreateDevice>,
) -> Result<Created<DeviceKeyView>, Problem> {
    let (mut fields, user) = (Fields::new(), standing.user_id());
    let name = fields.check("name", Label::parse(&body.name));
    let interval_s = fields.check("intervalSeconds", interval(body.interval_seconds.unwrap_or(USUAL_INTERVAL_S)));
    let wanted = fields.all((name, interval_s))?;
    let device_id = DeviceId::new(attempt.derive_id("create_device", &format!("{user}/{id}")));
    let key = new_key(device_id, id)?;
    let mut attempts = InstallationAttempts::begin(&standing, || ctx.store.installation(user, id)).await?;
    loop {
        let installation = attempts.read().await?;
        match add(ctx, &installation, &key, wanted.clone(), ctx.clock.now()).await? {
            Committed::Done => break,
            Committed::Exists => return Err(SensingRefusal::DeviceExists.into()),
            Committed::Conflict => {}
        }
    }
    Ok(Created::at(format!("/v1/aquarium/aquariums/{id}/devices/{device_id}"), DeviceKeyView::from(&key)))
}

/// A new key of a device.
pub fn new_key(device_id: DeviceId, aquarium_id: AquariumId) -> Result<DeviceKey, Problem> {
    let mut secret = [0; 32];
    types::random::fill(&mut secret).map_err(Problem::internal)?;
    Ok(DeviceKey::new(device_id, aquarium_id, secret))
}

async fn add(
    ctx: &Ctx,
    installation: &Installation,
    key: &DeviceKey,
    (name, interval_s): (Label, u32),
    now: Timestamp,
) -> Result<Committed, Problem> {
    let (scope, directory) = (&installation.scope, installation.directory());
    let (id, aquarium_id, owner_id) = (key.device_id(), scope.aquarium_id(), scope.owner_id());
    if directory.has_device(id) {
        return Ok(Committed::Exists);
    }
    // Its buckets are still there.
    if directory.had_device(id) {
        return Err(SensingRefusal::KeyReused.into());
    }
    let next = directory.with_device(id, now).map_err(SensingRefusal::from)?;
    let device = Device { id, aquarium_id, owner_id, name, created_at: now };
    let quiet = directory.quiet.clone();
    let keyed = DeviceHead::new(&device, key.hash(), owner_id).with_key(key.hash(), scope);
    let head = DeviceHead { interval_s, quiet, ..keyed };
    let watch = Watch::of_new(&head, now);
    Ok(ctx.store.add_device(installation, &device, (&head, &watch), &next).await?)
}
