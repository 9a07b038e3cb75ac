//! `GET /v1/commerce/admin/variants/{id}/prices`: the prices of a variant in all lists, with their history.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, List, Path, Problem};
use types::VariantId;

use crate::api::price_view::{ListPrice, PriceHistoryRecord};
use crate::ctx::Ctx;

/// List prices of a variant
///
/// The price in each list, with its history, ordered by the codes of the lists. There is one page; it is empty for a variant
/// without prices. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/variants/{id}/prices", operation_id = "list_variant_prices", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("id" = VariantId, Path, description = "Variant ID")),
    responses(
        (status = 200, description = "The prices", body = List<ListPrice>),
    )
)]
pub async fn list_variant_prices(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<VariantId>>,
) -> Result<Json<List<ListPrice>>, Problem> {
    let (_, (_, prices)) = standing.with(ctx.store.variant_prices(id)).await?;
    let items = prices.into_iter().map(|price| ListPrice {
        price_list: price.list.to_string(),
        sku: price.sku.to_string(),
        records: price.records.iter().map(PriceHistoryRecord::from).collect(),
    });
    Ok(Json(List { items: items.collect(), next_cursor: None }))
}
