//! `POST /v1/analytics/reports`: creates a report. Requires `Idempotency-Key`.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Created, IdempotencyKey, Json, Problem};

use crate::api::report_view::{ReportRequest, ReportView};
use crate::ctx::Ctx;
use crate::problem::Refusal;
use crate::store::NotCreated;

/// Create a report
///
/// Creates a report of metrics, which runs on request with `POST /v1/analytics/reports/{id}/runs`, and by itself if it has a
/// schedule. Only its owner can see it. Requires the role `manager` or `admin`. A user has at most 20 reports. A metric has at most 1,000
/// hours or days, or 120 months, in a report; `active_users` at most 92 days or 36 months. Scheduled runs start within an hour of their
/// time, and the owner gets a notification when the file is ready; of due times that were missed, only the latest one runs. Idempotent by
/// `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/analytics/reports", operation_id = "create_report", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(IdempotencyKey),
    request_body = ReportRequest,
    responses(
        (status = 201, description = "Report created", body = ReportView),
        (status = 409, description = "`analytics.too_many_reports`: the user has 20 reports; delete one first"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body, or for a report that was deleted"),
    )
)]
pub async fn create_report(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Json(body): Json<ReportRequest>,
) -> Result<Created<ReportView>, Problem> {
    let (now, owner) = (ctx.clock.now(), standing.user_id());
    let id = attempt.derive_id("create_report", &owner.to_string());
    standing.check().await?;
    let wanted = body.parse(id, owner, now)?;
    let report = match ctx.store.create_report(&wanted).await {
        Ok(()) => wanted,
        Err(NotCreated::Exists(earlier)) if earlier.is_same(&wanted) => *earlier,
        Err(NotCreated::Exists(_) | NotCreated::Deleted) => return Err(Refusal::KeyReused.into()),
        Err(NotCreated::TooMany) => return Err(Refusal::TooManyReports.into()),
        // The account was deleted after its standing was read.
        Err(NotCreated::Erased) => return Err(Refusal::NoSuchReport.into()),
        Err(NotCreated::Store(error)) => return Err(error.into()),
    };
    Ok(Created::at(format!("/v1/analytics/reports/{id}"), report.into()))
}
