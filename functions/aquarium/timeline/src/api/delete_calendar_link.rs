//! `DELETE /v1/aquarium/aquariums/{id}/calendar-link`: deletes the caller's calendar link.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::AquariumId;

use super::create_calendar_link::set;
use crate::ctx::Ctx;

/// Delete my calendar link
///
/// Deletes the caller's link to the calendar feed of the aquarium. The feed stops working immediately. Links of other members are
/// not affected. Idempotent. Limit: 1,000 changes of timelines per user and day.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/calendar-link", operation_id = "delete_calendar_link", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 204, description = "Link deleted, or there was none"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_calendar_link(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<NoContent, Problem> {
    set(ctx, &standing, id, None).await?;
    Ok(NoContent)
}
