//! `GET /v1/aquarium/aquariums/{id}/quiet`: the quiet times of an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::AquariumId;

use crate::api::alarm_views::QuietTimes;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get quiet times
///
/// Allowed for all members of the aquarium.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/quiet", operation_id = "get_quiet_times", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 200, description = "The quiet times", body = QuietTimes),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn get_quiet_times(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<QuietTimes>, Problem> {
    let installation = ctx.store.installation(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    Ok(Json(QuietTimes::of(installation.directory().quiet.as_ref(), ctx.clock.now())))
}
