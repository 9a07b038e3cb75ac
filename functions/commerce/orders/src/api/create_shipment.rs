//! `POST /v1/commerce/orders/{id}/shipments`: ships units of an order. Requires `Idempotency-Key`.
//!
//! Emits `orders.shipment_shipped.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{LocationId, VariantId};
use utoipa::ToSchema;

use crate::api::fulfilment_view::{OrderPath, OrderShipmentView};
use crate::api::tracking::tracking;
use crate::ctx::Ctx;
use crate::domain::order::ItemUnits;
use crate::domain::placed::Order;
use crate::domain::shipment::{MAX_SHIPMENT_UNITS, MAX_SHIPMENT_VARIANTS, Shipment, ToShip, Tracking, ship};
use crate::domain::stock::MAX_QUANTITY;
use crate::problem::Refusal;
use crate::store::{NotShipped, ShipmentWrite};

/// Units to ship.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderUnitsToShip {
    /// Index of the line in the order, from 0.
    #[schema(minimum = 0, maximum = 49, example = 0)]
    line: u32,
    /// Variant ID. Required for a bundle, whose components are shipped; by default that of the line.
    #[serde(default)]
    variant_id: Option<VariantId>,
    /// Number of units.
    #[schema(minimum = 1, maximum = 10_000, example = 2)]
    quantity: u32,
}

/// Request to ship units of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateShipment {
    /// ID of the location that the shipment leaves.
    location_id: LocationId,
    /// Units, each line and variant at most once.
    #[schema(min_items = 1, max_items = 100)]
    units: Vec<OrderUnitsToShip>,
    /// Carrier.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "DHL")]
    carrier: Option<String>,
    /// Tracking number.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "JD014600003SE")]
    tracking_number: Option<String>,
    /// Ships although the payment has ended and the money cannot be captured any more: the shop is paid otherwise. By default such
    /// a shipment is refused.
    #[serde(default)]
    #[schema(default = false)]
    without_payment: bool,
}

/// A request whose texts are parsed. Variants that are left out follow from the order.
struct Wanted {
    body: CreateShipment,
    tracking: Tracking,
}

/// Create a shipment
///
/// Ships units that the order holds at a location: they leave the units on hand, and with capture on shipment their money is
/// captured, with the shipping costs for the first shipment. The buyer gets an e-mail. A shipment has at most 45 different
/// variants, an order at most 100 shipments, with 6,000 entries of units together; the units of a component of a bundle count as
/// five. Requires the role `manager` or `admin`. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/orders/{id}/shipments", operation_id = "create_shipment", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        IdempotencyKey,
    ),
    request_body = CreateShipment,
    responses(
        (status = 201, description = "Shipped", body = OrderShipmentView),
        (status = 404, description = "`orders.no_such_order`: no order with this ID"),
        (status = 409, description = "`orders.order_state`: the order is not confirmed; `orders.not_enough_units`: the order holds fewer units at the location; `orders.not_on_hand`: units that were sold before they arrived have not arrived; `orders.too_many_shipments`: the order has 100 shipments, or these have too many entries of units; `orders.payment_ended`: the money of the shipment cannot be captured any more"),
        (status = 422, description = "`orders.no_such_line`: the order has no such line or it does not contain the variant; `request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
    )
)]
pub async fn create_shipment(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Path(OrderPath { order: name }): Path<OrderPath>,
    Json(body): Json<CreateShipment>,
) -> Result<Created<OrderShipmentView>, Problem> {
    let wanted = parse(body)?;
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.order_with_shipments(&name)).await?;
        let read = read.ok_or(Refusal::NoSuchOrder)?;
        let order = &read.order.value;
        let request = attempt.derive_id("create_shipment", &format!("{}/{}", standing.user_id(), order.id));
        let to_ship = resolve(&wanted, order, request)?;
        if let Some(before) = read.items.iter().find(|shipment| shipment.value.request == request) {
            let same = before.value.is_of(&to_ship).then_some(&before.value).ok_or(Refusal::KeyReused)?;
            return Ok(created(same));
        }
        let change = ship(&read.order.value, to_ship, now).map_err(Refusal::from)?;
        let outbox = Outbox::of(call.event(now, change.fact))?;
        let write = ShipmentWrite {
            read: &read.order,
            order: change.order,
            before: None,
            shipment: &change.shipment,
            leaving: &change.units,
            returning: &[],
            freed: &[],
            outbox: &outbox,
        };
        match ctx.store.write_shipment(write).await {
            Ok(shipment) => return Ok(created(&shipment.value)),
            Err(NotShipped::Conflict | NotShipped::TooMuchStock(_)) => retry.pause().await?,
            Err(NotShipped::NotOnHand(variant)) => return Err(Refusal::NotOnHand(variant).into()),
            Err(NotShipped::Store(error)) => return Err(error.into()),
        }
    }
}

fn parse(body: CreateShipment) -> Result<Wanted, Problem> {
    let mut fields = Fields::new();
    if !(1..=MAX_SHIPMENT_UNITS).contains(&body.units.len()) {
        fields.refuse("units", format!("must have 1 to {MAX_SHIPMENT_UNITS} entries"));
    }
    for (index, entry) in body.units.iter().enumerate() {
        if !(1..=MAX_QUANTITY).contains(&entry.quantity) {
            fields.refuse(&format!("units[{index}].quantity"), format!("must be 1 to {MAX_QUANTITY}"));
        }
        let same = |other: &OrderUnitsToShip| (other.line, other.variant_id) == (entry.line, entry.variant_id);
        if body.units.iter().take(index).any(same) {
            fields.refuse(&format!("units[{index}]"), "must have another line or variant than every other entry");
        }
    }
    let tracking = tracking(fields, body.carrier.as_deref(), body.tracking_number.as_deref())?;
    Ok(Wanted { body, tracking })
}

/// Completes variants that were left out.
fn resolve(wanted: &Wanted, order: &Order, request: types::Uuid) -> Result<ToShip, Problem> {
    let unit = |entry: &OrderUnitsToShip| {
        let line = usize::try_from(entry.line).unwrap_or(usize::MAX);
        let own = order.lines.get(line).map(|line| line.variant_id).ok_or(Refusal::NoSuchLine)?;
        Ok::<_, Refusal>(ItemUnits { line, variant_id: entry.variant_id.unwrap_or(own), quantity: entry.quantity })
    };
    let units: Vec<ItemUnits> = wanted.body.units.iter().map(unit).collect::<Result<_, _>>()?;
    let variants: std::collections::BTreeSet<_> = units.iter().map(|units| units.variant_id).collect();
    if variants.len() > MAX_SHIPMENT_VARIANTS {
        let mut fields = Fields::new();
        let rule = format!("must have at most {MAX_SHIPMENT_VARIANTS} different variants; create several shipments");
        fields.refuse("units", rule);
        fields.all((Some(()),))?;
    }
    let CreateShipment { location_id, without_payment, .. } = wanted.body;
    Ok(ToShip { request, location_id, units, tracking: wanted.tracking.clone(), without_payment })
}

fn created(shipment: &Shipment) -> Created<OrderShipmentView> {
    Created::at(format!("/v1/commerce/orders/{}/shipments", shipment.order_id), shipment.into())
}
