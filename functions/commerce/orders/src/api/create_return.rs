//! `POST /v1/commerce/orders/{id}/returns`: requests the return of shipped units. Requires `Idempotency-Key`.
//!
//! Emits `orders.return_requested.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Buyer;
use kit::http::{Created, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::fulfilment_view::{OrderPath, OrderReturnView, Viewer, viewer};
use crate::api::line_units::{OrderLineUnits, line_units};
use crate::ctx::Ctx;
use crate::domain::order_return::{ReturnReason, ToReturn, check_period, request};
use crate::problem::Refusal;
use crate::store::NotReturned;

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
/// has received the units. For an exchange, create a return and place a new order. An order has at most 100 returns, with 2,000
/// lines together. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/orders/{id}/returns", operation_id = "create_return", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        IdempotencyKey,
    ),
    request_body = CreateReturn,
    responses(
        (status = 201, description = "Requested", body = OrderReturnView),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
        (status = 409, description = "`orders.order_state`: the order is not confirmed; `orders.not_enough_units`: fewer units were shipped, or returns of them were requested; `orders.return_period_over`: the period for returns has ended; `orders.too_many_returns`: the order has 100 returns, or these name too many lines"),
        (status = 422, description = "`orders.no_such_line`: the order has no such line; `request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
    )
)]
pub async fn create_return(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    buyer: Buyer,
    attempt: IdempotencyKey,
    Path(OrderPath { order: name }): Path<OrderPath>,
    Json(body): Json<CreateReturn>,
) -> Result<Created<OrderReturnView>, Problem> {
    let units = line_units("lines", &body.lines, 1)?;
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, read) = buyer.with(ctx.store.returns(&name)).await?;
        let read = read.ok_or(Refusal::NoSuchOrder)?;
        let viewer = viewer(&caller, &read.order.value)?;
        let id = read.order.value.id;
        let derived = attempt.derive_id("create_return", &format!("{}/{id}", buyer.id()));
        let wanted = ToReturn { request: derived, units: units.clone(), reason: body.reason };
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
