//! `DELETE /v1/aquarium/aquariums/{id}/quiet`: ends the quiet times of an aquarium.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::AquariumId;

use crate::api::replace_quiet_times::set;
use crate::ctx::Ctx;

/// Delete quiet times
///
/// Allowed for the owner and keepers of the aquarium. Ends the quiet time that is under way, and deletes daily ones.
/// Idempotent: repeating the request has no further effect.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/quiet", operation_id = "delete_quiet_times", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 204, description = "There are no quiet times"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can delete quiet times"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`aquariums.too_many_alarms`: more than 40 alarms would change at once"),
        (status = 429, description = "`request.limit_exceeded`: the user changed alarm rules and quiet times 200 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_quiet_times(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<NoContent, Problem> {
    Box::pin(set(ctx, call, &standing, id, &(None, Vec::new()))).await.map(|_| NoContent)
}
