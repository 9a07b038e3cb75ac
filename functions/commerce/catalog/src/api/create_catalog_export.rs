//! `POST /v1/commerce/exports`: starts an export of the catalog. Requires `Idempotency-Key`.
//!
//! Emits `catalog.export_requested.v1`.

use axum::extract::State;
use contracts::catalog::CatalogExportRequested;
use dynamo::Outbox;
use kit::auth::{Manager, Standing};
use kit::http::{Accepted, IdempotencyKey, Invocation, Json, Problem};
use kit::jobs::{Format, Job, Requested};

use crate::api::transfer_view::{CatalogExportView, TransferRequest};
use crate::ctx::Transfers;
use crate::domain::export::ExportPlace;
use crate::domain::limits::EXPORTS;
use crate::problem::Refusal;

/// Start a catalog export
///
/// Starts an export of all products in any status, with their variants and their prices in all lists. The export runs
/// asynchronously; follow it with `GET /v1/commerce/exports/{id}`. The file has the form that imports read, and importing it
/// changes nothing. Each product is as it was at one moment; products that change while the export runs are as they were before or
/// after. Requires the role `manager` or `admin`. One export of a user can run at a time, and 20 can be requested per day (UTC).
/// Idempotent by `Idempotency-Key`: a repeated request returns the same export.
#[utoipa::path(
    post, path = "/v1/commerce/exports", operation_id = "create_catalog_export", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(IdempotencyKey),
    request_body = TransferRequest,
    responses(
        (status = 202, description = "Export requested", body = CatalogExportView),
        (status = 409, description = "`catalog.export_running`: an earlier export of the caller is not finished"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user requested 20 exports today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_catalog_export(
    State(ctx): State<&'static Transfers>,
    call: Invocation,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Json(body): Json<TransferRequest>,
) -> Result<Accepted<CatalogExportView>, Problem> {
    let (now, owner, format) = (ctx.clock.now(), standing.user_id(), Format::from(body.format));
    let id = attempt.derive_id("create_catalog_export", &owner.to_string());
    let job = Job::new(id, owner, call.correlation_id.clone(), now).beginning_at(ExportPlace::of(format));
    let exports = ctx.store.exports();
    let (_, known) = standing.with(exports.known(owner, id)).await?;
    let outbox = Outbox::of(call.event(now, CatalogExportRequested { user_id: owner, export_id: id }))?;
    let job = match exports.request(known, job, EXPORTS, now, &outbox).await {
        Ok(Requested::New(job)) => job,
        Ok(Requested::Repeated(job)) if job.work().format == format => job,
        Ok(Requested::Repeated(_)) => return Err(Refusal::KeyReused.into()),
        Err(refused) => return Err(refused.problem(Refusal::ExportRunning)),
    };
    let view = CatalogExportView::of(&job, &ctx.files, now).await?;
    Ok(Accepted::at(format!("/v1/commerce/exports/{id}"), view))
}
