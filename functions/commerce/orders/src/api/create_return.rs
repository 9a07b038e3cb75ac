//! `POST /v1/commerce/orders/{id}/returns`: requests the return of shipped units. Requires `Idempotency-Key`.
//!
//! Emits `orders.return_requested.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Buyer;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::OrderId;
use utoipa::ToSchema;

use crate::api::fulfilment_view::{OrderPath, OrderReturnView, Viewer, viewer};
use crate::ctx::Ctx;
use crate::domain::order::LineUnits;
use crate::domain::order_return::{MAX_RETURN_LINES, ReturnReason, ToReturn, check_period, request};
use crate::domain::stock::MAX_QUANTITY;
use crate::problem::Refusal;
use crate::store::NotReturned;

/// Units of a line of an order.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderLineUnits {
    /// Index of the line in the order, from 0.
    #[schema(minimum = 0, maximum = 49, example = 0)]
    line: u32,
    /// Number of units. Of a bundle, complete bundles.
    #[schema(minimum = 1, maximum = 10_000, example = 1)]
    quantity: u32,
}

/// Request to return units.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateReturn {
    /// Units, each line at most once.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<OrderLineUnits>,
    /// Reason.
    reason: ReturnReason,
}

/// Create a return
///
/// Announces that shipped units are sent back. The buyer may do so within the shop's days for returns after the delivery of each
/// line, or after its shipment if the delivery is not known; managers and admins at any time. Money goes back when the shop
/// has received the units. For an exchange, create a return and place a new order. An order has at most 100 returns.
/// Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/orders/{id}/returns", operation_id = "create_return", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(("id" = OrderId, Path, description = "Order ID"), IdempotencyKey),
    request_body = CreateReturn,
    responses(
        (status = 201, description = "Requested", body = OrderReturnView),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
        (status = 409, description = "`orders.order_state`: the order is not confirmed; `orders.not_enough_units`: fewer units were shipped, or returns of them were requested; `orders.return_period_over`: the period for returns has ended; `orders.too_many_returns`: the order has 100 returns"),
        (status = 422, description = "`orders.no_such_line`: the order has no such line; `orders.key_reused`: the `Idempotency-Key` was used with a different request"),
    )
)]
pub async fn create_return(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    buyer: Buyer,
    attempt: IdempotencyKey,
    Path(OrderPath { id }): Path<OrderPath>,
    Json(body): Json<CreateReturn>,
) -> Result<Created<OrderReturnView>, Problem> {
    let units = line_units("lines", &body.lines, 1)?;
    let derived = attempt.derive_id("create_return", &format!("{}/{id}", buyer.id()));
    let wanted = ToReturn { request: derived, units, reason: body.reason };
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, read) = buyer.with(ctx.store.returns(id)).await?;
        let read = read.ok_or(Refusal::NoSuchOrder)?;
        let viewer = viewer(&caller, &read.order.value)?;
        let created =
            |returned| Created::at(format!("/v1/commerce/orders/{id}/returns"), OrderReturnView::new(returned, viewer));
        if let Some(before) = read.returns.iter().find(|returned| returned.value.request == derived) {
            let same = before.value.is_of(&wanted).then_some(&before.value).ok_or(Refusal::KeyReused)?;
            return Ok(created(same));
        }
        if viewer == Viewer::Buyer {
            let shipments: Vec<_> = read.shipments.iter().map(|shipment| shipment.value.clone()).collect();
            check_period(&read.order.value, &shipments, &wanted.units, now).map_err(Refusal::from)?;
        }
        let change = request(&read.order.value, &wanted, now).map_err(Refusal::from)?;
        let outbox = Outbox::of(call.event(now, change.facts))?;
        let written = ctx.store.write_return(&read.order, change.order, None, &change.returned, &[], &outbox);
        match written.await {
            Ok(()) => return Ok(created(&change.returned)),
            Err(NotReturned::Conflict | NotReturned::TooMuchStock(_)) => retry.pause().await?,
            Err(NotReturned::Store(error)) => return Err(error.into()),
        }
    }
}

/// Reads units of lines, each line at most once, with at least `least` units each.
pub(super) fn line_units(field: &str, lines: &[OrderLineUnits], least: u32) -> Result<Vec<LineUnits>, Problem> {
    let mut fields = Fields::new();
    if lines.len() > MAX_RETURN_LINES || (least > 0 && lines.is_empty()) {
        fields.refuse(field, format!("must have {least} to {MAX_RETURN_LINES} entries"));
    }
    for (index, entry) in lines.iter().enumerate() {
        if !(1..=MAX_QUANTITY).contains(&entry.quantity) {
            fields.refuse(&format!("{field}[{index}].quantity"), format!("must be 1 to {MAX_QUANTITY}"));
        }
        if lines.iter().take(index).any(|other| other.line == entry.line) {
            fields.refuse(&format!("{field}[{index}].line"), "must differ from every other entry");
        }
    }
    fields.all((Some(()),))?;
    let units = |entry: &OrderLineUnits| LineUnits {
        line: usize::try_from(entry.line).unwrap_or(usize::MAX),
        quantity: entry.quantity,
    };
    Ok(lines.iter().map(units).collect())
}
