//! `GET /v1/commerce/orders/{id}`: an order, by its ID or number.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::Buyer;
use kit::http::{Fields, Path, Problem, Tagged};
use serde::Deserialize;
use types::{OrderId, Role};

use crate::api::order_view::OrderView;
use crate::ctx::Checkout;
use crate::domain::order_number::OrderNumber;
use crate::domain::placed::Order;
use crate::problem::Refusal;

/// Path of an order.
#[derive(Debug, Deserialize)]
pub struct OrderPath {
    id: String,
}

/// How an order is named.
enum Name {
    Id(OrderId),
    Number(OrderNumber),
}

impl OrderPath {
    fn parse(&self) -> Result<Name, Problem> {
        let mut fields = Fields::of_parameters();
        let name = match self.id.parse() {
            Ok(id) => Ok(Name::Id(id)),
            Err(_) => OrderNumber::parse(&self.id).map(Name::Number),
        };
        let name =
            fields.check("id", name.map_err(|error| format!("must be an order ID, or an order number, which {error}")));
        fields.all((name,)).map(|(name,)| name)
    }
}

/// Get an order
///
/// Users send their access token, guests the `Guest-Key` of the cart that the order was placed from. Managers and admins may
/// read every order. The ID may also be the order number, in capital or small letters. While the order can be paid, the response
/// has a new `quote`. An order of somebody else gets 404.
#[utoipa::path(
    get, path = "/v1/commerce/orders/{id}", operation_id = "get_order", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D")),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
        (status = 422, description = "`request.invalid`: neither an order ID nor an order number"),
    )
)]
pub async fn get_order(
    State(ctx): State<&'static Checkout>,
    buyer: Buyer,
    Path(path): Path<OrderPath>,
) -> Result<Tagged<OrderView>, Problem> {
    let now = ctx.base.clock.now();
    let order = match path.parse()? {
        Name::Id(id) => ctx.base.store.order(id, Read::Strong).await?,
        Name::Number(number) => ctx.base.store.order_of_number(&number).await?,
    };
    let order = order.filter(|order| may_read(&buyer, order)).ok_or(Refusal::NoSuchOrder)?;
    // Only the buyer can pay.
    let is_buyer = order.value.buyer == Some(buyer.id());
    let quote = if is_buyer { ctx.quote(&order.value, now).await? } else { None };
    Ok(Tagged::new(order.version, OrderView::new(&order.value, quote, now)))
}

/// Buyers read their own orders, and managers all, as the token says.
fn may_read(buyer: &Buyer, order: &Versioned<Order>) -> bool {
    let is_manager = match buyer {
        Buyer::User(standing) => [Role::Manager, Role::Admin].into_iter().any(|role| standing.claims_role(role)),
        Buyer::Guest(_) => false,
    };
    is_manager || order.value.buyer == Some(buyer.id())
}
