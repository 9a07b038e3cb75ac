//! `PATCH /v1/aquarium/aquariums/{id}/livestock/{livestockId}`: updates livestock. Requires `If-Match`.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Fields, IfMatch, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, LivestockId};
use utoipa::ToSchema;

use crate::api::fields::{self, given};
use crate::api::get_livestock::LivestockOf;
use crate::api::record_view::LivestockView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::livestock::Edit;
use crate::problem::Refusal;

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateLivestock {
    /// Species.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 120, example = "Amphiprion ocellaris")]
    species: Option<String>,
    /// Name. Null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 80)]
    #[expect(clippy::option_option, reason = "absent, null and a text are three wishes: leave, clear, set")]
    name: Option<Option<String>>,
}

impl UpdateLivestock {
    fn parse(&self) -> Result<Edit, Problem> {
        let mut fields = Fields::new();
        let species = self.species.as_deref().and_then(|text| fields::species(&mut fields, text));
        let name = self.name.as_ref().map(|text| text.as_deref().map(fields::livestock_name).transpose()).transpose();
        let name = fields.check("name", name);
        let (name,) = fields.all((name,))?;
        Ok(Edit { species, name })
    }
}

/// Update livestock
///
/// Allowed for the owner and keepers. Absent fields stay unchanged. The count changes by movements only. Requires `If-Match` with
/// the last `ETag`.
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/livestock/{livestockId}", operation_id = "update_livestock", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("livestockId" = LivestockId, Path, description = "Livestock ID"),
        IfMatch,
    ),
    request_body = UpdateLivestock,
    responses(
        (status = 200, description = "The updated livestock", body = LivestockView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can change livestock"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_livestock`: the aquarium has no livestock with this ID"),
    )
)]
pub async fn update_livestock(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    based_on: IfMatch,
    Path(LivestockOf { id, livestock_id }): Path<LivestockOf>,
    Json(body): Json<UpdateLivestock>,
) -> Result<Tagged<LivestockView>, Problem> {
    let edit = body.parse()?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.open_livestock(standing.user_id(), id, livestock_id)).await?;
        let (opened, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = read.ok_or(Refusal::NoSuchLivestock)?;
        based_on.check(read.version)?;
        let Some(next) = read.value.edited(edit.clone()) else {
            return Ok(Tagged::new(read.version, LivestockView::from(&read.value)));
        };
        if ctx.store.change_livestock(&opened, &read, &next).await? {
            return Ok(Tagged::new(read.version + 1, LivestockView::from(&next)));
        }
        retry.pause().await?;
    }
}
