//! `DELETE /v1/aquarium/aquariums/{id}/dose-plans/{planId}`: deletes a dose plan. Requires `If-Match`.
//!
//! Emits `timeline.dose_plan_changed.v1`.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{IfMatch, Invocation, NoContent, Path, Problem};
use types::{AquariumId, DosePlanId};

use super::dosing::{DosePlanPath, Step, change};
use super::parsing::in_millis;
use crate::ctx::Ctx;

/// Delete a dose plan
///
/// Deletes a dose plan with its reservoir, and publishes `timeline.dose_plan_changed.v1` with `active` false. The owner and keepers
/// of the aquarium can delete plans. Requires `If-Match` with the last `ETag`. Limit: 1,000 changes of timelines per user and day.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}", operation_id = "delete_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("planId" = DosePlanId, Path, description = "Dose plan ID"),
        IfMatch,
    ),
    responses(
        (status = 204, description = "Dose plan deleted"),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can delete dose plans"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_dose_plan`: the aquarium has no dose plan with this ID"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_dose_plan(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    if_match: IfMatch,
    Path(path): Path<DosePlanPath>,
) -> Result<NoContent, Problem> {
    let now = in_millis(ctx.clock.now());
    let deleted = change(ctx, (&standing, &call), path, now, |read| {
        if_match.check(read.version)?;
        Ok(Step::Write(Box::new(read.value.removed(now))))
    });
    deleted.await?;
    Ok(NoContent)
}
