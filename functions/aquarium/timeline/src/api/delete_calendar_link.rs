//! `DELETE /v1/aquarium/aquariums/{id}/calendar-link`: delete calendar link.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Delete calendar link
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/calendar-link", operation_id = "delete_calendar_link", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`timeline.no_such_calendar_link`"),
    )
)]
pub async fn delete_calendar_link(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchCalendarLink)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
