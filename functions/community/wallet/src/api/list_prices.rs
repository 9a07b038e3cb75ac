//! `GET /v1/community/currencies/{code}/prices`: the price history of a currency.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::currency::Price;
use crate::problem::Refusal;

/// Path parameters.
#[derive(Debug, Deserialize)]
pub struct Named {
    /// Which currency.
    pub code: CurrencyCode,
}

/// A price.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceView {
    /// Price of one whole unit. Null if the currency was not for sale.
    price: Option<Money>,
    /// Time from which the price is valid.
    #[serde(serialize_with = "types::time::millis")]
    since: Timestamp,
}

impl From<Price> for PriceView {
    fn from(price: Price) -> Self {
        Self { price: price.price, since: price.since }
    }
}

/// List price history
///
/// Newest first: the first item is the current price.
#[utoipa::path(
    get, path = "/v1/community/currencies/{code}/prices", operation_id = "list_prices", tag = "wallet",
    security(("bearer" = [])),
    params(
        ("code" = CurrencyCode, Path, description = "Currency code"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<PriceView>),
        (status = 404, description = "`wallet.currency_not_found`: no currency with this code"),
    )
)]
pub async fn list_prices(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Named { code }): Path<Named>,
    page: Page,
) -> Result<Json<List<PriceView>>, Problem> {
    let prices = ctx.store.prices(&code, page).await?;
    // What has prices is a currency; what has none may be one that is not for sale.
    if prices.items.is_empty() && ctx.store.currency(&code).await?.is_none() {
        return Err(Refusal::CurrencyNotFound.into());
    }
    Ok(Json(List::of(prices, |price| price.value.into())))
}
