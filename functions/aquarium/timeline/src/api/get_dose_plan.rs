//! `GET /v1/aquarium/aquariums/{id}/dose-plans/{planId}`: a dose plan.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use types::{AquariumId, DosePlanId};

use super::dose_views::DosePlanView;
use super::dosing::{DosePlanPath, tagged};
use crate::ctx::Ctx;
use crate::problem::{DoseRefusal, Refusal};

/// Get a dose plan
///
/// Returns a dose plan, with what is left in its reservoir now. Members of the aquarium can read it.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}", operation_id = "get_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("planId" = DosePlanId, Path, description = "Dose plan ID"),
    ),
    responses(
        (status = 200, description = "The dose plan", body = DosePlanView),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_dose_plan`: the aquarium has no dose plan with this ID"),
    )
)]
pub async fn get_dose_plan(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<DosePlanPath>,
) -> Result<Tagged<DosePlanView>, Problem> {
    let opened = ctx.store.open_plan(caller.user_id, path.id, path.plan_id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let plan = opened.existing().ok_or(DoseRefusal::NoSuchDosePlan)?;
    Ok(tagged(plan, ctx.clock.now()))
}
