//! `GET /v1/aquarium/aquariums/{id}`: an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use types::AquariumId;

use crate::api::view::AquariumView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get an aquarium
///
/// Allowed for the owner and for users with whom the aquarium is shared. For everybody else it does not exist.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}", operation_id = "get_aquarium", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 200, description = "The aquarium", body = AquariumView),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn get_aquarium(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Tagged<AquariumView>, Problem> {
    let opened = ctx.store.open(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let view = AquariumView::of(&opened.aquarium.value, &opened.scope);
    Ok(Tagged::new(opened.aquarium.version, view))
}
