//! `DELETE /v1/commerce/orders/{id}/shipments/{number}`: cancels a shipment that has not left.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{NoContent, Path, Problem};

use crate::api::fulfilment_view::OrderPartPath;
use crate::ctx::Ctx;
use crate::problem::Refusal;
use crate::store::{NotShipped, ShipmentWrite};

/// Cancel a shipment
///
/// Cancels a shipment that has not left after all: its units are on hand again and stay reserved for the order. Money that was
/// captured for it counts for the order's next shipments. The shipment stays in the list. Requires the role `manager` or
/// `admin`. Idempotent.
#[utoipa::path(
    delete, path = "/v1/commerce/orders/{id}/shipments/{number}", operation_id = "cancel_shipment", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        ("number" = u32, Path, description = "Number of the shipment within the order", minimum = 1, maximum = 100),
    ),
    responses(
        (status = 204, description = "Cancelled"),
        (status = 404, description = "`orders.no_such_shipment`: no such order, or it has no shipment with this number"),
        (status = 409, description = "`orders.shipment_delivered`: the shipment was delivered; `orders.not_enough_units`: a return was requested for its units; `orders.order_state`: the order has ended; `orders.too_much_stock`: the location would have more than 10^9 units of a variant"),
    )
)]
pub async fn cancel_shipment(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(OrderPartPath { order: name, number }): Path<OrderPartPath>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.shipment(&name, number)).await?;
        let (order, before) = read.ok_or(Refusal::NoSuchShipment)?;
        let Some(change) = before.value.cancel(&order.value, now).map_err(Refusal::from)? else {
            return Ok(NoContent);
        };
        let write = ShipmentWrite {
            read: &order,
            order: change.order,
            before: Some(&before),
            shipment: &change.shipment,
            leaving: &[],
            returning: &change.units,
            freed: &change.freed,
            outbox: &Outbox::none(),
        };
        match ctx.store.write_shipment(write).await {
            Ok(_) => return Ok(NoContent),
            Err(NotShipped::Conflict | NotShipped::NotOnHand(_)) => retry.pause().await?,
            Err(NotShipped::TooMuchStock(variant)) => return Err(Refusal::TooMuchStock(variant).into()),
            Err(NotShipped::Store(error)) => return Err(error.into()),
        }
    }
}
