//! `DELETE /v1/analytics/reports/{id}`: deletes a report of the caller.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::{Manager, Standing};
use kit::http::{Id, NoContent, Path, Problem};
use types::Uuid;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Delete a report
///
/// Deletes a report that the caller created. It does not run any more, and the files of its runs cannot be downloaded any more; they are
/// deleted within seven days. Requires the role `manager` or `admin`.
#[utoipa::path(
    delete, path = "/v1/analytics/reports/{id}", operation_id = "delete_report", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(("id" = Uuid, Path, description = "Report ID")),
    responses(
        (status = 204, description = "Report deleted"),
        (status = 404, description = "`analytics.no_such_report`: the caller has no report with this ID"),
    )
)]
pub async fn delete_report(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (_, report) = standing.with(ctx.store.report(standing.user_id(), id)).await?;
        if ctx.store.delete_report(&report.ok_or(Refusal::NoSuchReport)?, ctx.clock.now()).await? {
            return Ok(NoContent);
        }
        // Its schedule moved it to the next due time, or it was deleted.
        retry.pause().await?;
    }
}
