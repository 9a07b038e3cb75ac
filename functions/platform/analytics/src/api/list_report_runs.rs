//! `GET /v1/analytics/reports/{id}/runs`: the runs of a report.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::Uuid;

use crate::api::run_view::ReportRunView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List report runs
///
/// Lists the runs of the caller's report, newest first, without download URLs. A run is listed for about a week. Requires the role
/// `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/reports/{id}/runs", operation_id = "list_report_runs", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(("id" = Uuid, Path, description = "Report ID"), Page),
    responses(
        (status = 200, description = "Page of results", body = List<ReportRunView>),
        (status = 404, description = "`analytics.no_such_report`: the caller has no report with this ID"),
    )
)]
pub async fn list_report_runs(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<Uuid>>,
    page: Page,
) -> Result<Json<List<ReportRunView>>, Problem> {
    let (now, owner) = (ctx.clock.now(), standing.user_id());
    let reads = async { futures::try_join!(ctx.store.report(owner, id), ctx.store.report_runs(owner, id, page)) };
    let (_, (report, runs)) = standing.with(reads).await?;
    report.ok_or(Refusal::NoSuchReport)?;
    Ok(Json(List::of(runs, |run| ReportRunView::of(&run.value, now))))
}
