//! `PATCH /v1/commerce/orders/{id}/shipments/{number}`: changes tracking, or notes the delivery.
//!
//! Emits `orders.shipment_delivered.v1` if the shipment was delivered.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Invocation, Json, Path, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::fulfilment_view::{OrderPartPath, OrderShipmentView};
use crate::ctx::Ctx;
use crate::domain::shipment::{Tracking, carrier, tracking_number};
use crate::problem::Refusal;
use crate::store::{NotShipped, ShipmentWrite};

/// Request to change a shipment. Fields that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateShipment {
    /// Carrier.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "DHL")]
    carrier: Option<String>,
    /// Tracking number.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "JD014600003SE")]
    tracking_number: Option<String>,
    /// True once the shipment reached the buyer. It cannot be undone.
    #[serde(default)]
    delivered: bool,
}

/// Update a shipment
///
/// Changes carrier and tracking number, and notes that the shipment was delivered, which begins the period for returns. The
/// buyer gets an e-mail about the delivery. Requires the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    patch, path = "/v1/commerce/orders/{id}/shipments/{number}", operation_id = "update_shipment", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        ("number" = u32, Path, description = "Number of the shipment within the order", minimum = 1, maximum = 100),
    ),
    request_body = UpdateShipment,
    responses(
        (status = 200, description = "The shipment", body = OrderShipmentView),
        (status = 404, description = "`orders.no_such_shipment`: no such order, or it has no shipment with this number"),
        (status = 409, description = "`orders.shipment_cancelled`: the shipment was cancelled"),
    )
)]
pub async fn update_shipment(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(OrderPartPath { order: name, number }): Path<OrderPartPath>,
    Json(body): Json<UpdateShipment>,
) -> Result<Json<OrderShipmentView>, Problem> {
    let (given, is_delivered) = parse(&body)?;
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.shipment(&name, number)).await?;
        let (order, before) = read.ok_or(Refusal::NoSuchShipment)?;
        let tracking = Tracking {
            carrier: given.carrier.clone().or_else(|| before.value.tracking.carrier.clone()),
            number: given.number.clone().or_else(|| before.value.tracking.number.clone()),
        };
        let tracked = before.value.track(&tracking).map_err(Refusal::from)?;
        let current = tracked.as_ref().unwrap_or(&before.value);
        let delivered = if is_delivered { current.deliver(&order.value, now).map_err(Refusal::from)? } else { None };
        let Some(change) = delivered else {
            match &tracked {
                None => return Ok(Json(OrderShipmentView::from(&before.value))),
                Some(next) if ctx.store.write_tracking(&before, next).await? => {
                    return Ok(Json(OrderShipmentView::from(next)));
                }
                Some(_) => {
                    retry.pause().await?;
                    continue;
                }
            }
        };
        let outbox = Outbox::of(call.event(now, change.fact))?;
        let write = ShipmentWrite {
            read: &order,
            order: change.order,
            before: Some(&before),
            shipment: &change.shipment,
            leaving: &[],
            returning: &[],
            freed: &[],
            outbox: &outbox,
        };
        match ctx.store.write_shipment(write).await {
            Ok(shipment) => return Ok(Json(OrderShipmentView::from(&shipment.value))),
            Err(NotShipped::Conflict | NotShipped::NotOnHand(_) | NotShipped::TooMuchStock(_)) => retry.pause().await?,
            Err(NotShipped::Store(error)) => return Err(error.into()),
        }
    }
}

fn parse(body: &UpdateShipment) -> Result<(Tracking, bool), Problem> {
    let mut fields = Fields::new();
    let name = fields.check("carrier", body.carrier.as_deref().map(carrier).transpose());
    let number = fields.check("trackingNumber", body.tracking_number.as_deref().map(tracking_number).transpose());
    let (carrier, number) = fields.all((name, number))?;
    Ok((Tracking { carrier, number }, body.delivered))
}
