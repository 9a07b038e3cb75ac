//! `POST /v1/commerce/orders/{id}/returns/{number}/receipt`: receives the units of a return.
//!
//! Emits `orders.return_received.v1`, and `orders.refund_due.v1` if money goes back.

use std::collections::BTreeSet;

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{LocationId, VariantId};
use utoipa::ToSchema;

use crate::api::fulfilment_view::{OrderPartPath, OrderReturnView, Viewer};
use crate::api::line_units::{OrderLineUnits, line_units};
use crate::ctx::Ctx;
use crate::domain::order_return::{MAX_RESTOCKED, Receipt, Restocked};
use crate::domain::stock::MAX_QUANTITY;
use crate::problem::Refusal;
use crate::store::NotReturned;

/// Returned units that are sold again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderUnitsToRestock {
    /// Variant ID. For a bundle, that of a component.
    variant_id: VariantId,
    /// ID of the location, where the variant must be stocked.
    location_id: LocationId,
    /// Number of units.
    #[schema(minimum = 1, maximum = 10_000, example = 1)]
    quantity: u32,
}

/// Request to receive a return.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiveReturn {
    /// Units that arrived, each line at most once. Lines that are left out did not arrive.
    #[schema(max_items = 50)]
    lines: Vec<OrderLineUnits>,
    /// Units among them that are sold again, and where. Others are not.
    #[serde(default)]
    #[schema(max_items = 45)]
    restock: Vec<OrderUnitsToRestock>,
}

/// Receive a return
///
/// Records which units of a return arrived, and ends the return: units that did not arrive may be returned later. What they
/// cost goes back to the buyer; if the buyer then keeps nothing of the order, the shipping costs too. Restocked units are on
/// hand and free again, with a movement each. Requires the role `manager` or `admin`. Idempotent: the same receipt has no
/// further effect.
#[utoipa::path(
    post, path = "/v1/commerce/orders/{id}/returns/{number}/receipt", operation_id = "receive_return", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        ("number" = u32, Path, description = "Number of the return within the order", minimum = 1, maximum = 100),
    ),
    request_body = ReceiveReturn,
    responses(
        (status = 200, description = "Received", body = OrderReturnView),
        (status = 404, description = "`orders.no_such_return`: no such order, or it has no return with this number; `orders.no_such_stock`: a variant is not stocked at the location"),
        (status = 409, description = "`orders.return_settled`: the return was received differently, or rejected; `orders.not_enough_units`: more units than were requested; `orders.too_much_stock`: a location would have more than 10^9 units of a variant"),
        (status = 422, description = "`orders.no_such_line`: the return has no such line; `orders.too_many_restocked`: more units of a variant than were received"),
    )
)]
pub async fn receive_return(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(OrderPartPath { order: name, number }): Path<OrderPartPath>,
    Json(body): Json<ReceiveReturn>,
) -> Result<Json<OrderReturnView>, Problem> {
    let receipt = parse(&body)?;
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.returned(&name, number, &receipt.restocked)).await?;
        let read = read.ok_or(Refusal::NoSuchReturn)?;
        let view = |returned| Json(OrderReturnView::new(returned, Viewer::Manager));
        if read.returned.value.is_settled_by(&receipt) {
            return Ok(view(&read.returned.value));
        }
        if !read.unknown.is_empty() {
            return Err(Refusal::NoSuchStock.into());
        }
        let change = read.returned.value.receive(&read.order.value, &receipt, now).map_err(Refusal::from)?;
        let (received, due) = change.facts;
        let mut outbox = Outbox::of(call.event(now, received))?;
        if let Some(due) = due {
            outbox.push(call.event(now, due))?;
        }
        let write = ctx.store.write_return(
            &read.order,
            change.order,
            Some(&read.returned),
            &change.returned,
            &receipt.restocked,
            &outbox,
        );
        match write.await {
            Ok(()) => return Ok(view(&change.returned)),
            Err(NotReturned::Conflict) => retry.pause().await?,
            Err(NotReturned::TooMuchStock(variant)) => return Err(Refusal::TooMuchStock(variant).into()),
            Err(NotReturned::Store(error)) => return Err(error.into()),
        }
    }
}

fn parse(body: &ReceiveReturn) -> Result<Receipt, Problem> {
    let units = line_units("lines", &body.lines, 0)?;
    let mut fields = Fields::new();
    if body.restock.len() > MAX_RESTOCKED {
        fields.refuse("restock", format!("must have at most {MAX_RESTOCKED} entries"));
    }
    let mut known = BTreeSet::new();
    for (index, entry) in body.restock.iter().enumerate() {
        if !(1..=MAX_QUANTITY).contains(&entry.quantity) {
            fields.refuse(&format!("restock[{index}].quantity"), format!("must be 1 to {MAX_QUANTITY}"));
        }
        if !known.insert((entry.variant_id, entry.location_id)) {
            fields.refuse(&format!("restock[{index}]"), "must have another variant or location than every other entry");
        }
    }
    fields.all((Some(()),))?;
    let restocked = |entry: &OrderUnitsToRestock| Restocked {
        variant_id: entry.variant_id,
        location_id: entry.location_id,
        quantity: entry.quantity,
    };
    Ok(Receipt { units, restocked: body.restock.iter().map(restocked).collect() })
}
