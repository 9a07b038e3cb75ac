//! `PATCH /v1/aquarium/aquariums/{id}`: updates an aquarium. Requires `If-Match`.
//!
//! Emits `aquariums.aquarium_changed.v1` if something changes.

use axum::extract::State;
use contracts::aquariums::AquariumKind;
use dynamo::{Conflict, Outbox, StoreError};
use kit::auth::Standing;
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::AquariumId;
use utoipa::ToSchema;

use crate::api::fields::{self, given};
use crate::api::view::AquariumView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::aquarium::Change;
use crate::problem::Refusal;

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAquarium {
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 80, example = "Reef")]
    name: Option<String>,
    /// Type of water.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, value_type = Option<AquariumKind>)]
    kind: Option<String>,
    /// Volume of the water in millilitres, without decoration.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 100, maximum = 1_000_000_000, example = 180_000)]
    net_volume_ml: Option<u64>,
    /// IANA time zone of the aquarium's days.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: Option<String>,
}

impl UpdateAquarium {
    fn parse(&self) -> Result<Change, Problem> {
        let mut fields = Fields::new();
        let change = Change {
            name: self.name.as_deref().and_then(|text| fields::name(&mut fields, text)),
            kind: self.kind.as_deref().and_then(|text| fields::kind(&mut fields, text)),
            net_volume_ml: self.net_volume_ml.and_then(|ml| fields::net_volume(&mut fields, ml)),
            time_zone: self.time_zone.as_deref().and_then(|text| fields::time_zone(&mut fields, text)),
        };
        fields.all((Some(change),)).map(|(change,)| change)
    }
}

/// Update an aquarium
///
/// Allowed for the owner. Absent fields stay unchanged. Requires `If-Match` with the last `ETag`.
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}", operation_id = "update_aquarium", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        IfMatch,
    ),
    request_body = UpdateAquarium,
    responses(
        (status = 200, description = "The updated aquarium", body = AquariumView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner can change the aquarium"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn update_aquarium(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<UpdateAquarium>,
) -> Result<Tagged<AquariumView>, Problem> {
    let (now, change) = (ctx.clock.now(), body.parse()?);
    let (_, opened) = standing.with(ctx.store.open(standing.user_id(), id)).await?;
    let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
    opened.scope.at_least(Role::Owner)?;
    let read = opened.aquarium;
    based_on.check(read.version)?;
    let Some(next) = read.value.changed(change) else {
        return Ok(Tagged::new(read.version, AquariumView::of(&read.value, &opened.scope)));
    };
    let outbox = Outbox::of(call.event(now, next.changed_fact(read.version + 1)))?;
    match ctx.store.change(&read, next, &outbox).await {
        Ok(changed) => Ok(Tagged::new(changed.version, AquariumView::of(&changed.value, &opened.scope))),
        Err(Conflict::Item(Some(newer))) => {
            based_on.check(newer.version)?;
            Err(StoreError::Contended { attempts: 1 }.into())
        }
        Err(Conflict::Item(None)) => Err(Refusal::NoSuchAquarium.into()),
        Err(Conflict::Store(error)) => Err(error.into()),
    }
}
