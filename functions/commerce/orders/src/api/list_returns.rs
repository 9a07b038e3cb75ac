//! `GET /v1/commerce/orders/{id}/returns`: the returns of an order.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Json, List, Path, Problem};

use crate::api::fulfilment_view::{OrderPath, OrderReturnView, viewer};
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List returns
///
/// Returns all returns of an order by rising number. An order has at most 100, so there is one page. For the buyer, with an
/// access token or the `Guest-Key`, and for managers and admins.
#[utoipa::path(
    get, path = "/v1/commerce/orders/{id}/returns", operation_id = "list_returns", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D")),
    responses(
        (status = 200, description = "The returns", body = List<OrderReturnView>),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
    )
)]
pub async fn list_returns(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    Path(OrderPath { order: name }): Path<OrderPath>,
) -> Result<Json<List<OrderReturnView>>, Problem> {
    let (caller, read) = buyer.with(ctx.store.order_with_returns(&name)).await?;
    let read = read.ok_or(Refusal::NoSuchOrder)?;
    let viewer = viewer(&caller, &read.order.value)?;
    let items = read.items.iter().map(|returned| OrderReturnView::new(&returned.value, viewer)).collect();
    Ok(Json(List::new(items, None)))
}
