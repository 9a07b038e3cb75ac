//! `POST /v1/analytics/reports/{id}/runs`: starts a run of a report. Requires `Idempotency-Key`.
//!
//! Emits `analytics.report_run_requested.v1`.

use axum::extract::State;
use contracts::analytics::ReportRunRequested;
use dynamo::Outbox;
use jiff::tz::TimeZone;
use kit::auth::{Manager, Standing};
use kit::http::{Accepted, Id, IdempotencyKey, Invocation, Path, Problem};
use kit::jobs::Job;
use types::Uuid;

use crate::api::run_view::ReportRunView;
use crate::ctx::Reporting;
use crate::problem::Refusal;
use crate::store::{NotStarted, RunPlace};

/// Start a report run
///
/// Starts a run, which writes the values of the report's metrics to a file. It runs asynchronously; follow it with
/// `GET /v1/analytics/reports/{id}/runs/{runId}`. The period of the report ends before the day (UTC) of the request. Requires the role `manager` or
/// `admin`. A user can start 100 runs per day (UTC); scheduled runs do not count. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/analytics/reports/{id}/runs", operation_id = "start_report_run", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(("id" = Uuid, Path, description = "Report ID"), IdempotencyKey),
    responses(
        (status = 202, description = "Run started", body = ReportRunView),
        (status = 404, description = "`analytics.no_such_report`: the caller has no report with this ID"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used for another report"),
        (status = 429, description = "`request.limit_exceeded`: the user started 100 runs today; retry after `Retry-After` seconds"),
    )
)]
pub async fn start_report_run(
    State(ctx): State<&'static Reporting>,
    call: Invocation,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<Accepted<ReportRunView>, Problem> {
    let (now, owner) = (ctx.clock.now(), standing.user_id());
    let run_id = attempt.derive_id("start_report_run", &owner.to_string());
    let (_, report) = standing.with(ctx.store.report(owner, id)).await?;
    let report = report.ok_or(Refusal::NoSuchReport)?.value;
    let date = TimeZone::UTC.to_datetime(now).date();
    let place = RunPlace { report_id: id, run_at: now, date, scheduled: false, content: report.content, written: 0 };
    let job = Job::new(run_id, owner, call.correlation_id.clone(), now).beginning_at(place);
    let outbox = Outbox::of(call.event(now, ReportRunRequested { user_id: owner, report_id: id, run_id }))?;
    let job = match ctx.store.start_run(&job, now, &outbox).await {
        Ok(()) => job,
        Err(NotStarted::Exists(earlier)) if earlier.work().report_id == id => *earlier,
        Err(NotStarted::Exists(_)) => return Err(Refusal::KeyReused.into()),
        Err(NotStarted::NoReport) => return Err(Refusal::NoSuchReport.into()),
        Err(NotStarted::Limit(exceeded)) => return Err(exceeded.into()),
        Err(NotStarted::Store(error)) => return Err(error.into()),
    };
    let view = ReportRunView::with_url(&job, &ctx.files, now).await?;
    Ok(Accepted::at(format!("/v1/analytics/reports/{id}/runs/{run_id}"), view))
}
