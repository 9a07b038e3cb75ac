//! `PUT /v1/commerce/carts/{id}/lines/{variantId}`: sets the quantity of a variant.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Fields, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{CartId, VariantId};
use utoipa::ToSchema;

use crate::api::CartLinePath;
use crate::api::cart_view::CartView;
use crate::ctx::Ctx;
use crate::domain::cart::Cart;
use crate::domain::cart_pricing::unit_price;
use crate::domain::stock::MAX_QUANTITY;
use crate::domain::variant_copy::VariantCopy;
use crate::problem::Refusal;
use crate::store::LineRead;

/// Request to set a line of a cart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetCartLine {
    /// Number of units in all, not in addition. 0 removes the line.
    #[schema(minimum = 0, maximum = 10_000, example = 2)]
    quantity: u32,
}

impl SetCartLine {
    fn parse(&self) -> Result<u32, Problem> {
        let mut fields = Fields::new();
        let quantity = (self.quantity <= MAX_QUANTITY).then_some(self.quantity);
        let quantity = quantity.ok_or(format!("must be a number from 0 to {MAX_QUANTITY}"));
        let quantity = fields.check("quantity", quantity);
        fields.all((quantity,)).map(|(quantity,)| quantity)
    }
}

/// Set a cart line
///
/// Sets the quantity of a variant; 0 removes the line. The buyer has then seen the current price of one unit: an order at a
/// higher price is refused until it states the total as `expectedTotalMinor`. A cart holds no stock. At most 50 lines of 10,000 units. The response has no
/// prices; get the cart for them. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/carts/{id}/lines/{variantId}", operation_id = "set_cart_line", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = CartId, Path, description = "Cart ID"),
        ("variantId" = VariantId, Path, description = "Variant ID"),
        OptionalIfMatch,
    ),
    request_body = SetCartLine,
    responses(
        (status = 200, description = "The cart, without prices", body = CartView),
        (status = 404, description = "`orders.no_such_cart`: no cart of the caller with this ID; `orders.no_such_variant`: no variant with this ID"),
        (status = 409, description = "`orders.not_for_sale`: the variant is archived or not published; `orders.no_price`: it has no price in the currency of the cart; `orders.cart_full`: the cart has 50 lines"),
    )
)]
pub async fn set_cart_line(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    based_on: Option<IfMatch>,
    Path(path): Path<CartLinePath>,
    Json(body): Json<SetCartLine>,
) -> Result<Tagged<CartView>, Problem> {
    let (quantity, now) = (body.parse()?, ctx.clock.now());
    let load = ctx.store.cart_line(buyer.id(), path.id, path.variant_id, now);
    let (_, read) = buyer.with(load).await?;
    let read = read.ok_or(Refusal::NoSuchCart)?;
    let written = ctx.store.change_cart(read.cart.clone(), |cart| {
        if let Some(tag) = based_on {
            tag.check(cart.version)?;
        }
        let seen = seen(&read, &cart.value, path.variant_id, quantity, now)?;
        let next = cart.value.with_line(path.variant_id, quantity, seen, now).map_err(Refusal::from)?;
        Ok::<_, Problem>((next.lines != cart.value.lines).then_some(next))
    });
    let written = written.await??.ok_or(Refusal::NoSuchCart)?;
    Ok(Tagged::new(written.version, CartView::from(&written.value)))
}

/// The price of one unit that the buyer sees, if units of the variant can be bought. Lines can be removed whatever they are.
fn seen(
    read: &LineRead,
    cart: &Cart,
    variant: VariantId,
    quantity: u32,
    now: jiff::Timestamp,
) -> Result<Option<i64>, Refusal> {
    if quantity == 0 {
        return Ok(None);
    }
    let copy = read.variants.get(&variant).filter(|copy| copy.product_id.is_some()).ok_or(Refusal::NoSuchVariant)?;
    VariantCopy::sold(copy).ok_or(Refusal::NotForSale)?;
    unit_price(&read.input(cart, now), variant, quantity).map(Some).ok_or(Refusal::NoPrice)
}
