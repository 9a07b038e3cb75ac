//! `POST /v1/commerce/orders`: places an order from a cart. Requires `Idempotency-Key`.
//!
//! Emits `orders.order_placed.v1`; `orders.order_confirmed.v1` if there is nothing to pay; `orders.order_lapsed.v1` for orders
//! whose units it takes over.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Created, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::{CartId, OrderId};
use utoipa::ToSchema;

use crate::api::fulfilment_view::Viewer;
use crate::api::order_view::OrderView;
use crate::ctx::Checkout;
use crate::domain::placing::Expectation;
use crate::placing::{Request, place};

/// Request to place an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceOrder {
    /// Cart ID. A user's cart is emptied, a guest's is deleted.
    cart_id: CartId,
    /// Version of the cart, the number of its `ETag`. If the cart was changed since, the order is refused.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_u64, example = 4)]
    cart_version: Option<u64>,
    /// The most that the order may cost, in minor units: the total that the buyer saw. Without it, the order is refused if a
    /// unit costs more than when its line was set.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 4488)]
    expected_total_minor: Option<i64>,
}

/// Place an order
///
/// Reserves all units for ten minutes, counts the promotions, and empties the cart, all or nothing. Bundles reserve their
/// components. The order is `held` until it is paid: pass its `quote` to `POST /v1/commerce/payments`, at the latest a minute
/// before `heldUntil`. An order that costs nothing is `confirmed` at once. Users send their access token, guests the `Guest-Key`
/// of the cart, which opens the order too. If the order costs more than the buyer saw, it is refused with the new total; send
/// that as `expectedTotalMinor` with a new `Idempotency-Key` to accept it. Idempotent by `Idempotency-Key`. Limits: 30 attempts per user and hour, and 5 unpaid
/// orders at a time; for guests 100 attempts per network address and hour, and 30 unpaid orders of all its guests.
#[utoipa::path(
    post, path = "/v1/commerce/orders", operation_id = "place_order", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(IdempotencyKey),
    request_body = PlaceOrder,
    responses(
        (status = 201, description = "The order", body = OrderView),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`orders.no_such_cart`: no cart of the caller with this ID"),
        (status = 409, description = "`orders.out_of_stock`: units are not there; `orders.price_changed`: the cart costs more than the buyer saw; `orders.cart_changed`: the cart has another version; `orders.checkout_closed`: the shop takes no orders; `orders.cart_empty`, `orders.not_for_sale`, `orders.no_price`, `orders.no_tax_rate`, `orders.shipping_not_offered`, `orders.code_not_usable`, `orders.order_too_large`, `orders.details_missing`: the cart cannot be ordered like this"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with another cart"),
        (status = 429, description = "`request.limit_exceeded`: too many attempts; `orders.too_many_unpaid`: too many orders are unpaid; retry after `Retry-After` seconds"),
    )
)]
pub async fn place_order(
    State(ctx): State<&'static Checkout>,
    call: Invocation,
    buyer: Buyer,
    attempt: IdempotencyKey,
    Json(body): Json<PlaceOrder>,
) -> Result<Created<OrderView>, Problem> {
    let PlaceOrder { cart_id, cart_version, expected_total_minor } = body;
    let now = ctx.base.clock.now();
    let request = Request {
        order: OrderId::new(attempt.derive_id("place_order", &buyer.id().to_string())),
        cart: cart_id,
        expected: Expectation { cart_version, total_minor: expected_total_minor },
        now,
    };
    let order = Box::pin(place(&ctx.base.store, &call, &buyer, request)).await?.value;
    let quote = ctx.quote(&order, now).await?;
    Ok(Created::at(format!("/v1/commerce/orders/{}", order.id), OrderView::new(&order, Viewer::Buyer, quote, now)))
}
