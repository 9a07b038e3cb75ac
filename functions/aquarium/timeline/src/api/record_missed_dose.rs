//! `POST /v1/aquarium/aquariums/{id}/dose-plans/{planId}/missed`: records that a dose was not given.
//!
//! Emits `timeline.dose_plan_changed.v1`.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, DosePlanId};
use utoipa::ToSchema;

use super::dose_views::DosePlanView;
use super::dosing::{DosePlanPath, Step, change, refused, tagged};
use super::parsing::in_millis;
use crate::ctx::Ctx;

/// Request to record a missed dose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordMissedDose {
    /// Time of the dose, as in the list of planned doses.
    dose_at: Timestamp,
}

/// Record a missed dose
///
/// Records that a planned dose of the last 92 days was not given: it stays in the reservoir, and is never added to a later dose.
/// Publishes `timeline.dose_plan_changed.v1` with the new time at which the reservoir is empty. The
/// owner and keepers of the aquarium can record missed doses, at most 500 within 92 days. Limit: 1,000 changes of timelines per user
/// and day. Idempotent: a dose is missed once.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}/missed", operation_id = "record_missed_dose", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("planId" = DosePlanId, Path, description = "Dose plan ID"),
    ),
    request_body = RecordMissedDose,
    responses(
        (status = 200, description = "Missed dose recorded", body = DosePlanView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can record missed doses"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_dose_plan`: the aquarium has no dose plan with this ID"),
        (status = 409, description = "`timeline.too_many_dose_changes`: the dose plan has 500 missed doses within 92 days"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn record_missed_dose(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(path): Path<DosePlanPath>,
    Json(body): Json<RecordMissedDose>,
) -> Result<Tagged<DosePlanView>, Problem> {
    let now = in_millis(ctx.clock.now());
    let recorded = change(ctx, (&standing, &call), path, now, |read| {
        let next = read.value.missed(body.dose_at, now).map_err(refused)?;
        Ok(next.map_or(Step::Keep, |next| Step::Write(Box::new(next))))
    });
    Ok(tagged(&recorded.await?, now))
}
