//! `GET /v1/analytics/reports`: the reports of the caller.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Page, Problem};

use crate::api::report_view::ReportView;
use crate::ctx::Ctx;

/// List reports
///
/// Lists the caller's reports, ordered by ID. The order carries no meaning. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/reports", operation_id = "list_reports", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(Page),
    responses(
        (status = 200, description = "Page of results", body = List<ReportView>),
    )
)]
pub async fn list_reports(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    page: Page,
) -> Result<Json<List<ReportView>>, Problem> {
    let (_, page) = standing.with(ctx.store.reports(standing.user_id(), page)).await?;
    Ok(Json(List::of(page, |report| report.value.into())))
}
