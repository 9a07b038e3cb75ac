//! `GET /v1/aquarium/aquariums/{id}/livestock/{livestockId}`: livestock of one species.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, LivestockId};

use crate::api::record_view::LivestockView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Path parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LivestockOf {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Livestock ID.
    pub livestock_id: LivestockId,
}

/// Get livestock
///
/// Allowed for the owner and for users with whom the aquarium is shared.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/livestock/{livestockId}", operation_id = "get_livestock", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("livestockId" = LivestockId, Path, description = "Livestock ID"),
    ),
    responses(
        (status = 200, description = "The livestock", body = LivestockView),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_livestock`: the aquarium has no livestock with this ID"),
    )
)]
pub async fn get_livestock(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(LivestockOf { id, livestock_id }): Path<LivestockOf>,
) -> Result<Tagged<LivestockView>, Problem> {
    let found = ctx.store.open_livestock(caller.user_id, id, livestock_id).await?;
    let (_, read) = found.ok_or(Refusal::NoSuchAquarium)?;
    let read = read.ok_or(Refusal::NoSuchLivestock)?;
    Ok(Tagged::new(read.version, LivestockView::from(&read.value)))
}
