//! `DELETE /v1/commerce/carts/{id}/codes/{code}`: removes a promotion code from a cart.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{NoContent, Path, Problem};
use types::CartId;

use crate::api::CartCodePath;
use crate::ctx::Ctx;
use crate::domain::names::PromotionCode;
use crate::problem::Refusal;

/// Remove a promotion code
///
/// Removes a code from the cart. Idempotent: a code that the cart does not have is no error.
#[utoipa::path(
    delete, path = "/v1/commerce/carts/{id}/codes/{code}", operation_id = "remove_cart_code", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = CartId, Path, description = "Cart ID"),
        ("code" = PromotionCode, Path, description = "Promotion code"),
    ),
    responses(
        (status = 204, description = "The cart does not have the code"),
        (status = 404, description = "`orders.no_such_cart`: no cart of the caller with this ID"),
    )
)]
pub async fn remove_cart_code(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    Path(path): Path<CartCodePath>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let (_, cart) = buyer.with(ctx.store.cart(buyer.id(), path.id, now)).await?;
    let written = ctx.store.change_cart(cart.ok_or(Refusal::NoSuchCart)?, |cart| {
        let next = cart.value.without_code(&path.code, now);
        Ok::<_, Problem>((next.codes != cart.value.codes).then_some(next))
    });
    written.await??.ok_or(Refusal::NoSuchCart)?;
    Ok(NoContent)
}
