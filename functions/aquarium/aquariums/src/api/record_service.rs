//! `POST /v1/aquarium/aquariums/{id}/equipment/{equipmentId}/services`: records a service of equipment. Requires
//! `Idempotency-Key`.
//!
//! Emits `aquariums.equipment_serviced.v1` and `aquariums.equipment_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, EquipmentId, ServiceId};
use utoipa::ToSchema;

use crate::api::fields;
use crate::api::get_equipment::EquipmentOf;
use crate::api::record_view::ServiceView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::equipment::{MAX_SERVICES, Service};
use crate::domain::moment::past;
use crate::problem::Refusal;
use crate::store::NotRecorded;

/// Request to record a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordService {
    /// Time of the service, not in the future. Precise to milliseconds.
    #[schema(value_type = Timestamp)]
    serviced_at: String,
    /// What was done.
    #[schema(min_length = 1, max_length = 500, example = "Impeller cleaned")]
    note: Option<String>,
}

impl RecordService {
    fn parse(&self, now: Timestamp) -> Result<(Timestamp, Option<String>), Problem> {
        let mut fields = Fields::new();
        let at = fields.check("servicedAt", past(&self.serviced_at, now));
        let note = fields::note(&mut fields, self.note.as_deref());
        fields.all((at, note))
    }
}

/// Record a service
///
/// Allowed for the owner and keepers. Adds an entry to the service log. The latest service moves the date of the next one;
/// earlier ones can be added later. The log of a piece of equipment has at most 1,000 entries. Limit: 1,000 records per user and
/// day. Idempotent by `Idempotency-Key` and `servicedAt`: a repeated request sends both unchanged. With another `servicedAt`, the
/// key records another service.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/equipment/{equipmentId}/services", operation_id = "record_service", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("equipmentId" = EquipmentId, Path, description = "Equipment ID"),
        IdempotencyKey,
    ),
    request_body = RecordService,
    responses(
        (status = 201, description = "Service recorded", body = ServiceView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can record services"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_equipment`: the aquarium has no equipment with this ID"),
        (status = 409, description = "`aquariums.too_many_items`: the log has 1,000 entries"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user wrote 1,000 records today; retry after `Retry-After` seconds"),
    )
)]
pub async fn record_service(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(EquipmentOf { id, equipment_id }): Path<EquipmentOf>,
    Json(body): Json<RecordService>,
) -> Result<Created<ServiceView>, Problem> {
    let now = ctx.clock.now();
    let (at, note) = body.parse(now)?;
    // The time is part of the ID: the key of the entry contains both, and so does that of a member's contribution.
    let caller = format!("{}#{id}#{equipment_id}#{}", standing.user_id(), at.as_millisecond());
    let service_id = ServiceId::new(attempt.derive_id("record_service", &caller));
    let location = format!("/v1/aquarium/aquariums/{id}/equipment/{equipment_id}/services");
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.open_equipment(standing.user_id(), id, equipment_id)).await?;
        let (opened, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = read.ok_or(Refusal::NoSuchEquipment)?;
        let next = read.value.serviced(at).ok_or(Refusal::TooManyItems(MAX_SERVICES))?;
        let service = Service::new(&opened.scope, &read.value, service_id, at, note.clone());
        let zone = &opened.aquarium.value.details.time_zone;
        let mut outbox = Outbox::of(call.event(now, next.serviced_fact(at, zone, read.version + 1)))?;
        outbox.push(call.event(now, next.changed_fact(zone, read.version + 1)))?;
        match ctx.store.add_service(&opened, &read, &next, &service, (&outbox, now)).await {
            Ok(()) => return Ok(Created::at(location, ServiceView::from(&service))),
            Err(NotRecorded::Exists(before)) if before.value.was_recorded_as(at, note.as_deref()) => {
                return Ok(Created::at(location, ServiceView::from(&before.value)));
            }
            Err(NotRecorded::Exists(_)) => return Err(Refusal::KeyReused.into()),
            Err(NotRecorded::Limit(exceeded)) => return Err(exceeded.into()),
            Err(NotRecorded::Store(error)) => return Err(error.into()),
            Err(NotRecorded::Moved | NotRecorded::TooMany) => retry.pause().await?,
        }
    }
}
