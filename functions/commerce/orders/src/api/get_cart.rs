//! `GET /v1/commerce/carts/{id}?explain=1`: a cart with its prices.

use axum::extract::State;
use dynamo::Read;
use kit::auth::Buyer;
use kit::http::{Fields, Id, Path, Problem, Query, Tagged};
use serde::Deserialize;
use types::CartId;

use crate::api::priced_view::PricedCartView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    explain: Option<String>,
}

impl Explain {
    fn parse(&self) -> Result<bool, Problem> {
        let mut fields = Fields::of_parameters();
        let explain = match self.explain.as_deref() {
            None | Some("0") => Ok(false),
            Some("1") => Ok(true),
            Some(_) => Err("must be 0 or 1"),
        };
        let explain = fields.check("explain", explain);
        fields.all((explain,)).map(|(explain,)| explain)
    }
}

/// Get a cart with prices
///
/// Prices the cart with the current price lists, promotions, shipping methods and tax rates. `problems` lists what stands in the
/// way of an order. With `explain=1` the response shows which price list, tier, promotion and rounding produced each amount.
/// Users send their access token, guests the `Guest-Key`. A cart of another buyer gets 404.
#[utoipa::path(
    get, path = "/v1/commerce/carts/{id}", operation_id = "get_cart", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = CartId, Path, description = "Cart ID"),
        ("explain" = Option<u32>, Query, description = "1 to explain each amount", minimum = 0, maximum = 1),
    ),
    responses(
        (status = 200, description = "The cart", body = PricedCartView),
        (status = 404, description = "`orders.no_such_cart`: no cart of the caller with this ID"),
    )
)]
pub async fn get_cart(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    Path(Id { id }): Path<Id<CartId>>,
    Query(query): Query<Explain>,
) -> Result<Tagged<PricedCartView>, Problem> {
    let (explain, now) = (query.parse()?, ctx.clock.now());
    let read = ctx.store.cart_to_price(buyer.id(), id, Read::Eventual, now, Vec::new()).await?;
    let read = read.ok_or(Refusal::NoSuchCart)?;
    let priced = read.price(now);
    Ok(Tagged::new(read.cart.version, PricedCartView::new(&read.cart.value, &priced, explain)))
}
