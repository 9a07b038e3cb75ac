//! `GET /v1/analytics/reports/{id}/runs/{runId}`: a run of a report, with a download link once it is done.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, Path, Problem};
use serde::Deserialize;
use types::Uuid;

use crate::api::run_view::ReportRunView;
use crate::ctx::Reporting;
use crate::problem::Refusal;

/// Path parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunPath {
    /// Report ID.
    pub id: Uuid,
    /// Run ID.
    pub run_id: Uuid,
}

/// Get a report run
///
/// Returns the status of a run of the caller's report. If the status is `done`, the response has a download URL that is valid for
/// 15 minutes; get the run again for a new one. A CSV file has the columns `period`, `starts_at`, `metric`, `dimension`,
/// `dimension_value`, `currency`, `unit` and `value`; a Parquet file has the same. Amounts are whole minor units. Texts in CSV files that a
/// spreadsheet would take for a formula begin with an apostrophe. The file is deleted after seven days. Requires the role `manager` or
/// `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/reports/{id}/runs/{runId}", operation_id = "get_report_run", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(("id" = Uuid, Path, description = "Report ID"), ("runId" = Uuid, Path, description = "Run ID")),
    responses(
        (status = 200, description = "The run", body = ReportRunView),
        (status = 404, description = "`analytics.no_such_run`: the caller has no report with this ID, or the report has no run with this ID"),
    )
)]
pub async fn get_report_run(
    State(ctx): State<&'static Reporting>,
    standing: Standing<Manager>,
    Path(RunPath { id, run_id }): Path<RunPath>,
) -> Result<Json<ReportRunView>, Problem> {
    let now = ctx.clock.now();
    let (_, run) = standing.with(ctx.store.report_and_run(standing.user_id(), id, run_id)).await?;
    let run = run.ok_or(Refusal::NoSuchRun)?.value;
    Ok(Json(ReportRunView::with_url(&run, &ctx.files, now).await?))
}
