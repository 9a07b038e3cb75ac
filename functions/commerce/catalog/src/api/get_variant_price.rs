//! `GET /v1/commerce/variants/{id}/price`: what a variant costs.

use axum::extract::State;
use kit::http::{Cacheable, Fields, Id, IfNoneMatch, Path, Problem, Query};
use serde::Deserialize;
use types::{CurrencyCode, VariantId};

use crate::api::price_view::{PricePromotion, PriceReduction, VariantPrice};
use crate::ctx::Public;
use crate::domain::names::Slug;
use crate::domain::price::MAX_QUANTITY;
use crate::domain::price_list::Buyer;
use crate::domain::reduction;
use crate::problem::Refusal;

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 30;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    currency: String,
    region: Option<String>,
    quantity: Option<String>,
}

impl Filter {
    fn parse(self) -> Result<(Buyer, u32), Problem> {
        let mut fields = Fields::of_parameters();
        let currency = fields.check("currency", CurrencyCode::parse(&self.currency));
        let region = fields.check("region", self.region.as_deref().map(Slug::parse).transpose());
        let quantity = self.quantity.as_deref().map_or(Ok(1), str::parse).ok();
        let quantity = quantity.filter(|quantity| (1..=MAX_QUANTITY).contains(quantity));
        let quantity =
            fields.check("quantity", quantity.ok_or_else(|| format!("must be a number from 1 to {MAX_QUANTITY}")));
        let (currency, region, quantity) = fields.all((currency, region, quantity))?;
        Ok((Buyer { currency, region, customer_group: None }, quantity))
    }
}

/// Get the price of a variant
///
/// Returns the lowest price of all price lists that apply now in the currency and region, less the promotions that everybody gets
/// without a code and a condition, and the list and promotions that it comes from. For a reduced price, `reduction` has the lowest
/// price of the 30 days before the reduction began. Lists for customer groups do not count. A change of a promotion counts after
/// a few seconds. Public: no authentication. Clients and caches may keep the response for 30 seconds.
#[utoipa::path(
    get, path = "/v1/commerce/variants/{id}/price", operation_id = "get_variant_price", tag = "catalog",
    params(
        ("id" = VariantId, Path, description = "Variant ID"),
        ("currency" = CurrencyCode, Query, description = "Currency"),
        ("region" = Option<String>, Query, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Region of the buyer", example = "de"),
        ("quantity" = Option<u32>, Query, description = "Quantity, 1 by default", minimum = 1, maximum = 1_000_000, example = 1),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The price", body = VariantPrice),
        (status = 304, description = "The client has the current price"),
        (status = 404, description = "`catalog.no_price`: no price list that applies has a price of the variant"),
    )
)]
pub async fn get_variant_price(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    Path(Id { id }): Path<Id<VariantId>>,
    Query(filter): Query<Filter>,
) -> Result<Cacheable<VariantPrice>, Problem> {
    let (buyer, quantity) = filter.parse()?;
    let facts = ctx.store.price_facts(id).await?;
    let offer = reduction::offer(facts.priced(), &buyer, quantity, ctx.clock.now()).ok_or(Refusal::NoPrice)?;
    let price = VariantPrice {
        variant_id: id,
        currency: buyer.currency,
        quantity,
        amount_minor: offer.amount_minor,
        list_amount_minor: offer.list_amount_minor,
        price_list: offer.list.to_string(),
        promotions: offer.promotions.into_iter().map(PricePromotion::from).collect(),
        reduction: offer.reduction.map(PriceReduction::from),
    };
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, price)?.unless_known(&known))
}
