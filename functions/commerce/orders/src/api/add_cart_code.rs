//! `PUT /v1/commerce/carts/{id}/codes/{code}`: adds a promotion code to a cart.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Invocation, Path, Problem, Tagged};
use types::CartId;

use crate::api::CartCodePath;
use crate::api::cart_view::CartView;
use crate::ctx::Ctx;
use crate::domain::cart_pricing::code_refusal;
use crate::domain::names::PromotionCode;
use crate::problem::Refusal;

/// Add a promotion code
///
/// Adds a code to the cart. Letters count in either case. Whether its promotion takes something off depends on the cart; get the
/// cart for it. Uses are counted when an order is placed, not here. At most 5 codes. Idempotent. Limit: 60 requests per user and
/// hour, for guests 200 per network address and hour.
#[utoipa::path(
    put, path = "/v1/commerce/carts/{id}/codes/{code}", operation_id = "add_cart_code", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = CartId, Path, description = "Cart ID"),
        ("code" = PromotionCode, Path, description = "Promotion code"),
    ),
    responses(
        (status = 200, description = "The cart, without prices", body = CartView),
        (status = 404, description = "`orders.no_such_cart`: no cart of the caller with this ID; `orders.no_such_code`: no promotion has this code"),
        (status = 409, description = "`orders.code_not_usable`: the promotion has not begun, has ended, was used up, or needs an account; `orders.too_many_codes`: the cart has 5 codes"),
        (status = 429, description = "`request.limit_exceeded`: too many codes were added; retry after `Retry-After` seconds"),
    )
)]
pub async fn add_cart_code(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    buyer: Buyer,
    Path(path): Path<CartCodePath>,
) -> Result<Tagged<CartView>, Problem> {
    let now = ctx.clock.now();
    let load = async {
        // Each code counts, also a known one: a limit of unknown codes alone would let requests guess at the same time.
        let counted = async { Ok::<_, Problem>(ctx.store.count_code(buyer.id(), &call.source_ip, now).await?) };
        let read = async { Ok(ctx.store.cart_and_code(buyer.id(), path.id, &path.code, now).await?) };
        futures::try_join!(counted, read)
    };
    let (_, ((), read)) = buyer.with(load).await?;
    let (cart, promotion) = read.ok_or(Refusal::NoSuchCart)?;
    let promotion = promotion.ok_or(Refusal::NoSuchCode)?;
    if let Some(state) = code_refusal(&promotion, &path.code, &cart.value, now) {
        return Err(Refusal::CodeNotUsable(state).into());
    }
    let written = ctx.store.change_cart(cart, |cart| {
        let next = cart.value.with_code(path.code.clone(), promotion.id, now).map_err(Refusal::from)?;
        Ok::<_, Problem>((next.codes != cart.value.codes).then_some(next))
    });
    let written = written.await??.ok_or(Refusal::NoSuchCart)?;
    Ok(Tagged::new(written.version, CartView::from(&written.value)))
}
