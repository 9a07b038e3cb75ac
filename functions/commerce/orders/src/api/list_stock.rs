//! `GET /v1/commerce/stock`: the stock of all variants.

use axum::extract::State;
use contracts::orders::StockAvailability;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::view::StockView;
use crate::ctx::Ctx;

/// Query parameters, beside those of the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockQuery {
    availability: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl StockQuery {
    fn parse(&self) -> Result<Option<StockAvailability>, Problem> {
        let mut fields = Fields::of_parameters();
        let availability = |text: &str| match text {
            "in_stock" => Ok(StockAvailability::InStock),
            "low_stock" => Ok(StockAvailability::LowStock),
            "out_of_stock" => Ok(StockAvailability::OutOfStock),
            _ => Err("must be in_stock, low_stock or out_of_stock"),
        };
        let wanted = fields.check("availability", self.availability.as_deref().map(availability).transpose());
        fields.all((wanted,)).map(|(wanted,)| wanted)
    }
}

/// List stock
///
/// The stock of all variants that are or were stocked, with the units at each location, or of those with an availability. Ordered
/// by variant ID, the oldest variant first. A page has at most 25 variants, also with a higher `limit`. A change of the
/// availability is listed after some seconds. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/stock", operation_id = "list_stock", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("availability" = Option<StockAvailability>, Query, description = "Return variants with this availability; `low_stock` means at most 5 units, back-orders included"),
        Page,
    ),
    responses((status = 200, description = "A page of stock", body = List<StockView>))
)]
pub async fn list_stock(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Query(query): Query<StockQuery>,
    page: Page,
) -> Result<Json<List<StockView>>, Problem> {
    let (_, found) = standing.with(ctx.store.stock_page(query.parse()?, page.limit, page.cursor)).await?;
    // Every variant with stock is known: its copy came before its first level, and copies are never deleted.
    let items = found.items.iter().map(StockView::of).collect::<Result<_, _>>()?;
    Ok(Json(List::new(items, found.next.as_ref())))
}
