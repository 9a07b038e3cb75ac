//! `POST /v1/commerce/imports`: creates an import of the catalog. Requires `Idempotency-Key`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Manager, Standing};
use kit::http::{Created, IdempotencyKey, Invocation, Json, Problem};
use kit::jobs::{Format, Job, Place, Requested};
use kit::upload_form::UploadForm;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::transfer_view::{ImportView, TransferRequest};
use crate::ctx::Transfers;
use crate::domain::limits::IMPORTS;
use crate::problem::Refusal;

/// An import with its upload form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewImport {
    #[serde(flatten)]
    view: ImportView,
    /// Upload form. Null once the import runs.
    upload: Option<UploadForm>,
}

/// Create an import
///
/// Returns a form for uploading one file of at most 100 MiB and 500,000 rows directly to S3 within 15 minutes. The import starts
/// when the file is uploaded; follow it with `GET /v1/commerce/imports/{id}`. A row creates or changes a product, its variants and
/// prices; what it does not name stays, and nothing is deleted. Each row has a result of its own, and a refused row has no effect
/// and does not stop the others. Importing an export changes nothing. docs/guides/catalog.md describes the fields.
///
/// Requires the role `manager` or `admin`. One import of a user can run at a time, and 50 can be requested per day (UTC). An import
/// whose file is not uploaded within an hour fails. Idempotent by `Idempotency-Key`: a repeated request returns a new form for the
/// same import.
#[utoipa::path(
    post, path = "/v1/commerce/imports", operation_id = "create_import", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(IdempotencyKey),
    request_body = TransferRequest,
    responses(
        (status = 201, description = "Import created", body = NewImport),
        (status = 409, description = "`catalog.import_running`: an earlier import of the caller is not finished"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user requested 50 imports today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_import(
    State(ctx): State<&'static Transfers>,
    call: Invocation,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Json(body): Json<TransferRequest>,
) -> Result<Created<NewImport>, Problem> {
    let (now, owner, format) = (ctx.clock.now(), standing.user_id(), Format::from(body.format));
    let id = attempt.derive_id("create_import", &owner.to_string());
    let job = Job::new(id, owner, call.correlation_id.clone(), now).beginning_at(Place::awaiting(format));
    let imports = ctx.store.imports();
    let (_, known) = standing.with(imports.known(owner, id)).await?;
    let job = match imports.request(known, job, IMPORTS, now, &Outbox::none()).await {
        Ok(Requested::New(job)) => job,
        Ok(Requested::Repeated(job)) if job.work().format() == format => job,
        Ok(Requested::Repeated(_)) => return Err(Refusal::KeyReused.into()),
        Err(refused) => return Err(refused.problem(Refusal::ImportRunning)),
    };
    let view = ImportView::of(&job, &ctx.files, now).await?;
    let upload = ctx.files.form_if_requested(&job, now).await?;
    Ok(Created::at(format!("/v1/commerce/imports/{id}"), NewImport { view, upload }))
}
