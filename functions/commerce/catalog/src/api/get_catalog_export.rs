//! `GET /v1/commerce/exports/{id}`: the status of an export of the catalog, and a download URL once it is done.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, Path, Problem};
use types::Uuid;

use crate::api::transfer_view::CatalogExportView;
use crate::ctx::Transfers;
use crate::problem::Refusal;

/// Get a catalog export
///
/// Returns status and progress of an export that the caller requested. If the status is `done`, the response has a download URL
/// that is valid for 15 minutes; the file is deleted after seven days. docs/guides/catalog.md describes its fields. Requires the
/// role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/exports/{id}", operation_id = "get_catalog_export", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("id" = Uuid, Path, description = "Export ID")),
    responses(
        (status = 200, description = "The export", body = CatalogExportView),
        (status = 404, description = "`catalog.no_such_export`: the caller has no export with this ID"),
    )
)]
pub async fn get_catalog_export(
    State(ctx): State<&'static Transfers>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<Json<CatalogExportView>, Problem> {
    let (exports, owner) = (ctx.store.exports(), standing.user_id());
    let (_, job) = standing.with(exports.get(owner, id)).await?;
    let job = job.ok_or(Refusal::NoSuchExport)?.value;
    Ok(Json(CatalogExportView::of(&job, &ctx.files, ctx.clock.now()).await?))
}
