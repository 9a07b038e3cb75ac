//! `POST /v1/aquarium/species/imports`: creates an import of species. Requires `Idempotency-Key`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Created, IdempotencyKey, Invocation, Problem};
use kit::jobs::{Format, Job, Place, Requested};
use kit::upload_form::UploadForm;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::import_view::SpeciesImportView;
use crate::ctx::Transfers;
use crate::domain::limits::IMPORTS;
use crate::problem::Refusal;

/// An import of species with its upload form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewSpeciesImport {
    #[serde(flatten)]
    view: SpeciesImportView,
    /// Upload form. Null once the import runs.
    upload: Option<UploadForm>,
}

/// Create a species import
///
/// Returns a form for uploading one file of JSON Lines, of at most 50 MiB and 20,000 rows, directly to S3 within 15 minutes. The import
/// starts when the file is uploaded; follow it with `GET /v1/aquarium/species/imports/{id}`. A row is a species with all its facts, names,
/// synonyms and sources, and replaces the species with this ID; names under which it was accepted before and names that came with merges
/// stay synonyms. A fact without a source, a source without a licence, and names and synonyms of more than 64 KiB as JSON are refused. Each
/// row has a result of its own, and a refused row has no effect and does not stop the others. Adjacent rows of a species are applied in
/// their order. Importing the same file again changes nothing.
///
/// Requires the role `admin`. One import of a user can run at a time, and 50 can be requested per day (UTC). An import whose file is not
/// uploaded within an hour fails. Idempotent by `Idempotency-Key`: a repeated request returns a new form for the same import.
#[utoipa::path(
    post, path = "/v1/aquarium/species/imports", operation_id = "create_species_import", tag = "knowledge",
    security(("bearer" = ["admin"])),
    params(IdempotencyKey),
    responses(
        (status = 201, description = "Import created", body = NewSpeciesImport),
        (status = 409, description = "`knowledge.import_running`: an earlier import of the caller is not finished"),
        (status = 429, description = "`request.limit_exceeded`: the user requested 50 imports today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_species_import(
    State(ctx): State<&'static Transfers>,
    call: Invocation,
    standing: Standing<Admin>,
    attempt: IdempotencyKey,
) -> Result<Created<NewSpeciesImport>, Problem> {
    let (now, owner) = (ctx.clock.now(), standing.user_id());
    let id = attempt.derive_id("create_species_import", &owner.to_string());
    let place = Place::awaiting(Format::JsonLines);
    let job = Job::new(id, owner, call.correlation_id.clone(), now).beginning_at(place);
    let imports = ctx.store.imports();
    let (_, known) = standing.with(imports.known(owner, id)).await?;
    let job = match imports.request(known, job, IMPORTS, now, &Outbox::none()).await {
        Ok(Requested::New(job) | Requested::Repeated(job)) => job,
        Err(refused) => return Err(refused.problem(Refusal::ImportRunning)),
    };
    let view = SpeciesImportView::of(&job, &ctx.files, now).await?;
    let upload = ctx.files.form_if_requested(&job, now).await?;
    Ok(Created::at(format!("/v1/aquarium/species/imports/{id}"), NewSpeciesImport { view, upload }))
}
