//! `GET /v1/community/currencies/{code}/prices`: what a currency cost, and when.

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

/// `{code}`.
#[derive(Debug, Deserialize)]
pub struct Named {
    /// Which currency.
    pub code: CurrencyCode,
}

/// A price.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceView {
    /// What one whole unit cost from then on; null if it had no price.
    price: Option<Money>,
    /// Since when.
    since: Timestamp,
}

impl From<Price> for PriceView {
    fn from(price: Price) -> Self {
        Self { price: price.price, since: price.since }
    }
}

/// List a currency's prices
///
/// Newest first: the first one is what it costs now.
#[utoipa::path(
    get, path = "/v1/community/currencies/{code}/prices", operation_id = "list_prices", tag = "wallet",
    security(("bearer" = [])),
    params(
        ("code" = CurrencyCode, Path, description = "Which currency"),
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = List<PriceView>),
        (status = 404, description = "`wallet.currency_not_found`: there is none with this code"),
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
