//! `GET /v1/commerce/stock/{variantId}`: the stock of a variant.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, Path, Problem};
use serde::Deserialize;
use types::VariantId;

use crate::api::view::StockView;
use crate::ctx::Ctx;

/// Path of the stock of a variant.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VariantPath {
    /// Variant ID.
    pub variant_id: VariantId,
}

/// Get the stock of a variant
///
/// Units of the variant at each location where it is stocked. Variants of archived products are included. Requires the role
/// `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/stock/{variantId}", operation_id = "get_stock", tag = "orders",
    security(("bearer" = ["manager"])),
    params(("variantId" = VariantId, Path, description = "Variant ID")),
    responses(
        (status = 200, description = "The stock", body = StockView),
        (status = 404, description = "`orders.no_such_variant`: no variant with this ID"),
    )
)]
pub async fn get_stock(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(VariantPath { variant_id }): Path<VariantPath>,
) -> Result<Json<StockView>, Problem> {
    let (_, read) = standing.with(ctx.store.stock(variant_id, None)).await?;
    Ok(Json(StockView::of(&read)?))
}
