//! `GET /v1/commerce/stock/{variantId}/{locationId}/movements`: the changes of the units on hand.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Page, Path, Problem};
use types::{LocationId, VariantId};

use crate::api::StockPath;
use crate::api::view::StockMovementView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List stock movements
///
/// Movements of a variant at a location, newest first. All movements sum to the units on hand. A new movement is listed after
/// about a second. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/stock/{variantId}/{locationId}/movements", operation_id = "list_movements", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("variantId" = VariantId, Path, description = "Variant ID"),
        ("locationId" = LocationId, Path, description = "Location ID"),
        Page,
    ),
    responses(
        (status = 200, description = "A page of movements", body = List<StockMovementView>),
        (status = 404, description = "`orders.no_such_stock`: the variant is not stocked at the location"),
    )
)]
pub async fn list_movements(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(StockPath { variant_id, location_id }): Path<StockPath>,
    page: Page,
) -> Result<Json<List<StockMovementView>>, Problem> {
    let movements = ctx.store.movements(variant_id, location_id, page.limit, page.cursor);
    let (_, movements) = standing.with(movements).await?;
    Ok(Json(List::of(movements.ok_or(Refusal::NoSuchStock)?, StockMovementView::from)))
}
