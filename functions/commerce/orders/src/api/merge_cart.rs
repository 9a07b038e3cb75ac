//! `POST /v1/commerce/carts/{id}/merge`: takes over the cart of a guest.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::{FormerGuest, Standing};
use kit::http::{Id, Path, Problem, Tagged};
use types::CartId;

use crate::api::cart_view::CartView;
use crate::ctx::Ctx;
use crate::domain::cart::Cart;
use crate::problem::Refusal;
use crate::store::{CartsRead, MergeFailed};

/// Merge a guest's cart
///
/// Moves the cart of a guest into the user's cart and deletes it. The guest's quantity wins per line, codes are united, and
/// details that the user's cart lacks come from the guest. If the carts have different currencies, the guest's currency wins.
/// Requires the access token of the user and the `Guest-Key` of the cart. Idempotent: once the guest's cart is gone, the
/// response is the user's cart.
#[utoipa::path(
    post, path = "/v1/commerce/carts/{id}/merge", operation_id = "merge_cart", tag = "orders",
    security(("bearer" = [])),
    params(
        ("id" = CartId, Path, description = "ID of the guest's cart"),
        ("Guest-Key" = String, Header, description = "Key of the guest's cart", min_length = 1, max_length = 256),
    ),
    responses(
        (status = 200, description = "The user's cart, without prices", body = CartView),
        (status = 404, description = "`orders.no_such_cart`: there is no such cart with this key, and the user has none"),
        (status = 409, description = "`orders.cart_full`: both carts have more than 50 lines together; `orders.too_many_codes`: both have more than 5 codes together"),
    )
)]
pub async fn merge_cart(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    FormerGuest(guest): FormerGuest,
    Path(Id { id }): Path<Id<CartId>>,
) -> Result<Tagged<CartView>, Problem> {
    let (user, now) = (standing.user_id(), ctx.clock.now());
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.carts_to_merge(user, id, guest, now)).await?;
        let CartsRead { own, guest } = read.ok_or(Refusal::NoSuchCart)?;
        let Some(guest) = guest else {
            let own = own.ok_or(Refusal::NoSuchCart)?;
            return Ok(Tagged::new(own.version, CartView::from(&own.value)));
        };
        let merged = match &own {
            Some(own) => own.value.merged(&guest.value, now),
            None => Cart::new_of_user(user, guest.value.currency.clone(), now).merged(&guest.value, now),
        };
        let merged = merged.map_err(Refusal::from)?;
        match ctx.store.merge_carts(own.as_ref(), &merged, &guest).await {
            Ok(version) => return Ok(Tagged::new(version, CartView::from(&merged))),
            Err(MergeFailed::UserForgotten) => return Err(Refusal::NoSuchCart.into()),
            Err(MergeFailed::Conflict) => retry.pause().await?,
            Err(MergeFailed::Store(error)) => return Err(error.into()),
        }
    }
}
