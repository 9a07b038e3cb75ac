//! `GET /v1/analytics/reports/{id}`: a report of the caller.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, Path, Problem};
use types::Uuid;

use crate::api::report_view::ReportView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a report
///
/// Returns a report that the caller created. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/reports/{id}", operation_id = "get_report", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(("id" = Uuid, Path, description = "Report ID")),
    responses(
        (status = 200, description = "The report", body = ReportView),
        (status = 404, description = "`analytics.no_such_report`: the caller has no report with this ID"),
    )
)]
pub async fn get_report(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<Json<ReportView>, Problem> {
    let (_, report) = standing.with(ctx.store.report(standing.user_id(), id)).await?;
    Ok(Json(report.ok_or(Refusal::NoSuchReport)?.value.into()))
}
