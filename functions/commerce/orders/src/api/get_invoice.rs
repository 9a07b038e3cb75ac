//! `GET /v1/commerce/orders/{id}/invoices/{number}`: an invoice or a credit note as a PDF file.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kit::auth::Buyer;
use kit::http::{Path, Problem};

use crate::api::fulfilment_view::{OrderPartPath, viewer};
use crate::ctx::Ctx;
use crate::invoice_pdf;
use crate::problem::Refusal;

/// Get an invoice
///
/// Returns an invoice or a credit note as a PDF file (PDF/A-2b), in the language of the order. The file never changes. For the
/// buyer, with an access token or the `Guest-Key`, and for managers and admins.
#[utoipa::path(
    get, path = "/v1/commerce/orders/{id}/invoices/{number}", operation_id = "get_invoice", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        ("number" = u32, Path, description = "Number of the document within the order", minimum = 1, maximum = 200),
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/pdf"),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`orders.no_such_invoice`: no order of the caller with this ID, or it has no document with this number"),
    )
)]
pub async fn get_invoice(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    Path(OrderPartPath { order: name, number }): Path<OrderPartPath>,
) -> Result<Response, Problem> {
    let (caller, read) = buyer.with(ctx.store.invoice(&name, number)).await?;
    let (order, invoice) = read.ok_or(Refusal::NoSuchInvoice)?;
    viewer(&caller, &order.value).map_err(|_| Refusal::NoSuchInvoice)?;
    // Prefix, year and number: nothing that a header could not have.
    let disposition = format!("inline; filename=\"{}.pdf\"", invoice.value.number);
    let file = kit::blocking::run(move || invoice_pdf::render(&invoice.value)).await.map_err(Problem::internal)?;
    let file = file.map_err(Problem::internal)?;
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], file).into_response())
}
