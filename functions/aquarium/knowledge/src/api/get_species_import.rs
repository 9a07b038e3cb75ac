//! `GET /v1/aquarium/species/imports/{id}`: the status of an import, and the URL of its results once it is done.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Id, Json, Path, Problem};
use types::Uuid;

use crate::api::import_view::SpeciesImportView;
use crate::ctx::Transfers;
use crate::problem::Refusal;

/// Get a species import
///
/// Returns status, progress and summary of an import that the caller requested. If the status is `done`, the response has the URL
/// of a file of JSON Lines with a result per row: its number from 1, its `status` (`created`, `changed`, `unchanged` or `refused`),
/// and for a refused row `errors` with `field`, `rule` and `remedy`. The last line is the summary. The URL is valid for 15 minutes, and
/// the file is deleted after seven days. Requires the role `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/species/imports/{id}", operation_id = "get_species_import", tag = "knowledge",
    security(("bearer" = ["admin"])),
    params(("id" = Uuid, Path, description = "Import ID")),
    responses(
        (status = 200, description = "The import", body = SpeciesImportView),
        (status = 404, description = "`knowledge.no_such_species_import`: the caller has no import with this ID"),
    )
)]
pub async fn get_species_import(
    State(ctx): State<&'static Transfers>,
    standing: Standing<Admin>,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<Json<SpeciesImportView>, Problem> {
    let (imports, owner) = (ctx.store.imports(), standing.user_id());
    let (_, job) = standing.with(imports.get(owner, id)).await?;
    let job = job.ok_or(Refusal::NoSuchSpeciesImport)?.value;
    Ok(Json(SpeciesImportView::of(&job, &ctx.files, ctx.clock.now()).await?))
}
