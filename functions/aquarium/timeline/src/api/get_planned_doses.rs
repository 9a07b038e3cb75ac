//! `GET /v1/aquarium/aquariums/{id}/dose-plans/{planId}/doses`: the planned doses of an interval.

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use kit::auth::Caller;
use kit::http::{Fields, Json, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use types::{AquariumId, DosePlanId};
use utoipa::ToSchema;

use super::dose_views::PlannedDoseView;
use super::dosing::DosePlanPath;
use crate::ctx::Ctx;
use crate::domain::dose::{HISTORY_DAYS, MAX_DOSES_PER_DAY, history_start};
use crate::problem::{DoseRefusal, Refusal};

/// Maximum length of the interval in days.
const MAX_DAYS: usize = 31;
/// Length of the interval in days if the request has no end.
const DEFAULT_DAYS: i64 = 7;
/// Doses of an interval: it can touch one more day at each end.
const MAX_DOSES: usize = (MAX_DAYS + 2) * MAX_DOSES_PER_DAY;

/// The interval, as it was sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DosesQuery {
    from: Option<String>,
    to: Option<String>,
}

/// Planned doses of an interval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlannedDoses {
    /// The doses, ascending.
    items: Vec<PlannedDoseView>,
}

impl DosesQuery {
    fn parse(self, now: Timestamp) -> Result<(Timestamp, Timestamp), Problem> {
        let mut fields = Fields::of_parameters();
        let instant = |text: Option<&str>| text.map(types::time::parse).transpose();
        let from = fields.check("from", instant(self.from.as_deref()));
        let to = fields.check("to", instant(self.to.as_deref()));
        let (from, to) = fields.all((from, to))?;
        let from = from.unwrap_or(now);
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let to = to.unwrap_or_else(|| from.saturating_add(days(DEFAULT_DAYS)).unwrap_or(Timestamp::MAX));
        let mut fields = Fields::of_parameters();
        let is_kept = from >= history_start(now);
        let too_early = format!("must not be more than {HISTORY_DAYS} days ago");
        let from = fields.check("from", is_kept.then_some(from).ok_or(too_early));
        let longest = days(i64::try_from(MAX_DAYS).unwrap_or_default());
        let is_short = from.is_none_or(|from| from < to && to.duration_since(from) <= longest);
        let to =
            fields.check("to", is_short.then_some(to).ok_or(format!("must be after `from`, at most {MAX_DAYS} days")));
        fields.all((from, to))
    }
}

/// Get planned doses
///
/// Returns the planned doses of a dose plan from `from` to before `to`, with those marked that were recorded as missed. The past
/// shows what was planned then. A plan that is paused has no doses. Members of the aquarium can read them. The interval has at most
/// 31 days, and starts at most 92 days ago.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}/doses", operation_id = "get_planned_doses", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("planId" = DosePlanId, Path, description = "Dose plan ID"),
        ("from" = Option<String>, Query, description = "Start of the interval. Defaults to now", format = DateTime),
        ("to" = Option<String>, Query, description = "End of the interval. Defaults to seven days after its start", format = DateTime),
    ),
    responses(
        (status = 200, description = "The doses", body = PlannedDoses),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_dose_plan`: the aquarium has no dose plan with this ID"),
    )
)]
pub async fn get_planned_doses(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<DosePlanPath>,
    Query(query): Query<DosesQuery>,
) -> Result<Json<PlannedDoses>, Problem> {
    let (from, to) = query.parse(ctx.clock.now())?;
    let opened = ctx.store.open_plan(caller.user_id, path.id, path.plan_id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let plan = opened.existing().ok_or(DoseRefusal::NoSuchDosePlan)?;
    let doses = plan.value.course.doses(from, to, MAX_DOSES);
    Ok(Json(PlannedDoses { items: doses.into_iter().map(PlannedDoseView::from).collect() }))
}
