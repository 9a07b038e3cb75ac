//! `GET /v1/commerce/orders/{id}`: an order, by its ID or number.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Path, Problem, Tagged};
use types::Role;

use crate::api::fulfilment_view::{OrderPath, Viewer, viewer};
use crate::api::order_view::OrderView;
use crate::ctx::Checkout;
use crate::problem::Refusal;

/// Get an order
///
/// Users send their access token, guests the `Guest-Key` of the cart that the order was placed from. Managers and admins may
/// read every order. The ID may also be the order number, in capital or small letters. While the order can be paid, the response
/// has a new `quote`. An order of another buyer gets 404.
#[utoipa::path(
    get, path = "/v1/commerce/orders/{id}", operation_id = "get_order", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D")),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
    )
)]
pub async fn get_order(
    State(ctx): State<&'static Checkout>,
    buyer: Buyer,
    Path(OrderPath { order: name }): Path<OrderPath>,
) -> Result<Tagged<OrderView>, Problem> {
    let load = ctx.base.store.order_named(&name);
    let (order, viewer) = if claims_authority(&buyer) {
        // A role counts as long as the account has it. Buyers read their own orders with what they hold.
        let (caller, order) = buyer.with(load).await?;
        let order = order.ok_or(Refusal::NoSuchOrder)?;
        let viewer = viewer(&caller, &order.value)?;
        (order, viewer)
    } else {
        let order = load.await?.filter(|order| order.value.is_open_to(buyer.id()));
        (order.ok_or(Refusal::NoSuchOrder)?, Viewer::Buyer)
    };
    let now = ctx.base.clock.now();
    // Only the buyer can pay.
    let is_buyer = order.value.buyer == Some(buyer.id());
    let quote = if is_buyer { ctx.quote(&order.value, now).await? } else { None };
    Ok(Tagged::new(order.version, OrderView::new(&order.value, viewer, quote, now)))
}

/// True if the token says that the caller may read all orders.
fn claims_authority(buyer: &Buyer) -> bool {
    match buyer {
        Buyer::User(standing) => [Role::Manager, Role::Admin].into_iter().any(|role| standing.claims_role(role)),
        Buyer::Guest(_) => false,
    }
}
