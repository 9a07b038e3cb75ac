//! `DELETE /v1/aquarium/aquariums/{id}/quiet`: delete quiet times.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Delete quiet times
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/quiet", operation_id = "delete_quiet_times", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`aquariums.no_such_quiet_times`"),
    )
)]
pub async fn delete_quiet_times(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchQuietTimes)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
