//! `GET /v1/commerce/orders/{id}/invoices`: the invoice and the credit notes of an order.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Json, List, Path, Problem};

use crate::api::fulfilment_view::{OrderInvoiceView, OrderPath, viewer};
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List invoices
///
/// Returns the invoice and the credit notes of an order, oldest first, on one page. With immediate capture the invoice is issued
/// some seconds after the order is confirmed, otherwise after the first shipment; a credit note after a cancellation or a
/// received return. For the buyer, with an access token or the `Guest-Key`, and for managers and admins.
#[utoipa::path(
    get, path = "/v1/commerce/orders/{id}/invoices", operation_id = "list_invoices", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D")),
    responses(
        (status = 200, description = "The documents", body = List<OrderInvoiceView>),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
    )
)]
pub async fn list_invoices(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    Path(OrderPath { order: name }): Path<OrderPath>,
) -> Result<Json<List<OrderInvoiceView>>, Problem> {
    let (caller, read) = buyer.with(ctx.store.order_with_invoices(&name)).await?;
    let read = read.ok_or(Refusal::NoSuchOrder)?;
    viewer(&caller, &read.order.value)?;
    let items = read.items.iter().map(|invoice| OrderInvoiceView::from(&invoice.value)).collect();
    Ok(Json(List::new(items, None)))
}
