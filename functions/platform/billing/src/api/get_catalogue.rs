//! `GET /v1/billing/catalogue`: the whole catalogue.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Admin, Standing};
use kit::http::{Problem, Tagged};

use crate::api::catalogue_view::CatalogueView;
use crate::ctx::Ctx;

/// Get the catalogue
///
/// Returns products, plans and the newest version of each price, retired ones included. The `ETag` is the version of the
/// catalogue, which `PUT` of a product or plan compares with `If-Match`. Requires the role `admin`.
#[utoipa::path(
    get, path = "/v1/billing/catalogue", operation_id = "get_catalogue", tag = "billing",
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The catalogue", body = CatalogueView))
)]
pub async fn get_catalogue(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
) -> Result<Tagged<CatalogueView>, Problem> {
    let (_, catalogue) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
    Ok(Tagged::new(catalogue.version, CatalogueView::from(&catalogue.value)))
}
