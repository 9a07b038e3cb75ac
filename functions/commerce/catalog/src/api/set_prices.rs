//! `PUT /v1/commerce/price-lists/{code}/prices`: changes prices of a list.
//!
//! Emits `catalog.price_changed.v1` for each price that changes.

use std::collections::BTreeSet;

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Invocation, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::price_view::QuantityTier;
use crate::api::set_price_list::PriceListPath;
use crate::ctx::Ctx;
use crate::domain::names::{Sku, Slug};
use crate::domain::price::{Price, Tier, Tiers};
use crate::domain::variant::Variant;
use crate::problem::Refusal;
use crate::store::{PriceWrite, PricesNotWritten, ReadPrices};

/// Maximum number of prices of one request. Each takes two actions of a transaction, which has at most 100.
const MAX_PRICES: usize = 50;

/// Price of a variant to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPrice {
    /// Product ID.
    product_id: ProductId,
    /// SKU of a variant of the product.
    #[schema(min_length = 1, max_length = 64, example = "SHOE-RED-42")]
    sku: String,
    /// Prices of one unit by quantity, at most 10. Null or absent removes the price.
    #[schema(min_items = 1, max_items = 10)]
    tiers: Option<Vec<QuantityTier>>,
}

/// Request to change prices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPrices {
    /// Prices, at most one for each SKU.
    #[schema(min_items = 1, max_items = 50)]
    prices: Vec<NewPrice>,
}

/// Result of a change of prices.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricesResult {
    /// Number of prices that changed.
    #[schema(example = 1)]
    changed: usize,
    /// Number of prices that were as requested already.
    #[schema(example = 0)]
    unchanged: usize,
}

/// A price of a request, parsed.
#[derive(Debug, Clone)]
struct Wish {
    product_id: ProductId,
    sku: Sku,
    tiers: Option<Tiers>,
}

impl Wish {
    fn variant_id(&self) -> VariantId {
        Variant::id_of(self.product_id, &self.sku)
    }
}

impl SetPrices {
    fn parse(self) -> Result<Vec<Wish>, Problem> {
        let (mut fields, mut wishes, mut known) = (Fields::new(), Vec::new(), BTreeSet::new());
        if !(1..=MAX_PRICES).contains(&self.prices.len()) {
            fields.refuse("prices", format!("must have 1 to {MAX_PRICES} entries; send more in several requests"));
        }
        for (at, NewPrice { product_id, sku, tiers }) in self.prices.into_iter().enumerate() {
            let sku = fields.check(&format!("prices[{at}].sku"), Sku::parse(&sku));
            let tiers = tiers.map(|tiers| Tiers::parse(tiers.into_iter().map(Tier::from).collect()));
            let tiers = fields.check(&format!("prices[{at}].tiers"), tiers.transpose());
            let Some((sku, tiers)) = sku.zip(tiers) else { continue };
            // An SKU belongs to one product, and a transaction checks an item once.
            if !known.insert(sku.clone()) {
                fields.refuse(&format!("prices[{at}].sku"), "repeats an earlier SKU; send each SKU once");
            }
            wishes.push(Wish { product_id, sku, tiers });
        }
        fields.all((Some(wishes),)).map(|(wishes,)| wishes)
    }
}

/// Set prices of a list
///
/// Changes up to 50 prices, all or none. They apply at once, while the list applies; prices that are as requested already stay
/// as they are. Each change is kept in the history of the price. Requires the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/price-lists/{code}/prices", operation_id = "set_prices", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("code" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Code of the price list", example = "eur-sale")),
    request_body = SetPrices,
    responses(
        (status = 200, description = "How many prices changed", body = PricesResult),
        (status = 404, description = "`catalog.no_such_price_list`: no price list with this code"),
        (status = 422, description = "`catalog.unknown_variant`: a product has no variant with the SKU"),
    )
)]
pub async fn set_prices(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(PriceListPath { code }): Path<PriceListPath>,
    Json(body): Json<SetPrices>,
) -> Result<Json<PricesResult>, Problem> {
    let (wishes, now) = (body.parse()?, ctx.clock.now());
    let Ok(code) = Slug::parse(&code) else {
        standing.check().await?;
        return Err(Refusal::NoSuchPriceList.into());
    };
    let variants: Vec<_> = wishes.iter().map(Wish::variant_id).collect();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, (lists, read)) = standing.with(ctx.store.lists_and_prices(&variants, &code)).await?;
        let list = lists.as_ref().and_then(|lists| lists.value.get(&code)).ok_or(Refusal::NoSuchPriceList)?;
        let writes = writes(&call, (&code, &list.scope.currency), &wishes, read, now)?;
        let result = PricesResult { changed: writes.len(), unchanged: wishes.len() - writes.len() };
        if writes.is_empty() {
            return Ok(Json(result));
        }
        match ctx.store.write_prices(&writes).await {
            Ok(()) => return Ok(Json(result)),
            Err(PricesNotWritten::NoSuchVariant(at)) => {
                let sku = writes.get(at).map(|write| write.next.sku.clone());
                return Err(sku.map_or(Refusal::NoSuchPriceList, Refusal::UnknownVariant).into());
            }
            Err(PricesNotWritten::Store(error)) => return Err(error.into()),
            Err(PricesNotWritten::Conflict) => retry.pause().await?,
        }
    }
}

/// Returns the prices that change, each with its event.
fn writes(
    call: &Invocation,
    (code, currency): (&Slug, &CurrencyCode),
    wishes: &[Wish],
    read: ReadPrices,
    now: Timestamp,
) -> Result<Vec<PriceWrite>, Problem> {
    let mut writes = Vec::new();
    for (wish, read) in wishes.iter().zip(read) {
        let before = read.as_ref().map(|read| read.value.clone());
        let before = before.unwrap_or_else(|| Price::none(wish.product_id, wish.sku.clone(), code.clone()));
        let Some(next) = before.changed(wish.tiers.clone(), now) else { continue };
        let revision = read.as_ref().map_or(0, |read| read.version) + 1;
        let outbox = Outbox::of(call.event(now, next.fact(currency.clone(), revision)))?;
        writes.push(PriceWrite { read, next, product_id: wish.product_id, outbox });
    }
    Ok(writes)
}
