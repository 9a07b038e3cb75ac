//! `POST /v1/aquarium/aquariums/{id}/sensors`: adds a sensor. Requires `Idempotency-Key`.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, DeviceId, SensorId};
use utoipa::ToSchema;
use water::{Parameter, Unit};

use crate::api::attempts::InstallationAttempts;
use crate::api::sensing_views::SensorView;
use crate::ctx::Ctx;
use crate::domain::sensor::{Label, Sensor, unit_of};
use crate::problem::SensingRefusal;
use crate::store::{Committed, HeadWrite, SensorSite};

/// Request to create a sensor.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSensor {
    /// Name.
    #[schema(min_length = 1, max_length = 64, example = "Temperature at the outlet")]
    name: String,
    /// What it measures.
    parameter: Parameter,
    /// Unit in which its values are sent and shown: one of the parameter.
    unit: Unit,
    /// Device that sends its values. Omit it for a probe that is read by hand.
    device_id: Option<DeviceId>,
}

impl CreateSensor {
    fn parse(&self) -> Result<(Label, Unit), Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", Label::parse(&self.name));
        let unit = fields.check("unit", unit_of(self.parameter, self.unit));
        fields.all((name, unit))
    }
}

/// Create a sensor
///
/// Allowed for the owner and keepers of the aquarium. A sensor measures one parameter in one unit. An aquarium has at most 40
/// sensors, and can have had at most 200 with those that were deleted. A device has at most 8. Idempotent by `Idempotency-Key`,
/// which creates no other sensor after the deletion of the first one.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/sensors", operation_id = "create_sensor", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), IdempotencyKey),
    request_body = CreateSensor,
    responses(
        (status = 201, description = "Sensor created", body = SensorView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can add sensors"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_device`: the aquarium has no device with this ID"),
        (status = 409, description = "`aquariums.too_many_sensors`: the aquarium has 40 sensors, or had 200; `aquariums.device_full`: the device has 8 sensors"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body, or what it created was deleted"),
    )
)]
pub async fn create_sensor(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<CreateSensor>,
) -> Result<Created<SensorView>, Problem> {
    let (user, (name, unit)) = (standing.user_id(), body.parse()?);
    let sensor_id = SensorId::new(attempt.derive_id("create_sensor", &format!("{user}/{id}")));
    let load = || ctx.store.site_of(user, id, sensor_id, body.device_id);
    let mut attempts = InstallationAttempts::begin(&standing, load).await?;
    loop {
        let site = attempts.read().await?;
        let wanted = Sensor {
            id: sensor_id,
            aquarium_id: id,
            owner_id: site.installation.scope.owner_id(),
            name: name.clone(),
            parameter: body.parameter,
            unit,
            device_id: body.device_id,
            calibrations: Vec::new(),
            created_at: ctx.clock.now(),
        };
        if let Some(sensor) = add(ctx, site, &wanted).await? {
            let location = format!("/v1/aquarium/aquariums/{id}/sensors/{sensor_id}");
            return Ok(Created::at(location, SensorView::from(&sensor)));
        }
    }
}

/// The sensor, which may have been added by the same request before; none if another write was faster.
async fn add(ctx: &Ctx, site: SensorSite, wanted: &Sensor) -> Result<Option<Sensor>, Problem> {
    let SensorSite { installation, sensor, head } = site;
    if let Some(known) = sensor {
        let same = Some(known.value).filter(|known| known.is_same(wanted));
        return same.map(Some).ok_or_else(|| SensingRefusal::KeyReused.into());
    }
    let directory = installation.directory();
    if directory.had_sensor(wanted.id) {
        return Err(SensingRefusal::KeyReused.into());
    }
    let directory = directory.with_sensor(wanted).map_err(SensingRefusal::from)?;
    let head = match (wanted.device_id, head) {
        (None, _) => None,
        (Some(_), None) => return Err(SensingRefusal::NoSuchDevice.into()),
        (Some(_), Some(read)) => {
            let next = read.value.with_sensor(wanted).map_err(SensingRefusal::from)?;
            Some(HeadWrite::plain(read, next))
        }
    };
    let committed = ctx.store.add_sensor(&installation, wanted, head.as_ref(), &directory).await?;
    Ok((committed == Committed::Done).then(|| wanted.clone()))
}
