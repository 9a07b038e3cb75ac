//! `POST /v1/commerce/stock/{variantId}/{locationId}/adjustments`: adds or removes units. Requires `Idempotency-Key`.
//!
//! Emits `orders.availability_changed.v1` if the change makes the variant available, or no longer so.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{LocationId, MovementId, VariantId};
use utoipa::ToSchema;

use crate::api::StockPath;
use crate::api::set_stock::others;
use crate::api::view::StockMovementView;
use crate::ctx::Ctx;
use crate::domain::availability::availability;
use crate::domain::movement::{AdjustmentReason, Movement, Quantity};
use crate::problem::Refusal;
use crate::store::{NotWritten, StockRead, StockWrite};

/// Request to add or remove units.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustStock {
    /// Units to add; a negative number removes units. Not 0.
    #[schema(minimum = -1_000_000, maximum = 1_000_000, example = 12)]
    quantity: i64,
    /// Reason.
    reason: AdjustmentReason,
}

/// Add or remove units
///
/// Records a movement and changes the units on hand by it. At most the free units can be removed: reserved ones belong to
/// orders. Requires the role `manager` or `admin`. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/stock/{variantId}/{locationId}/adjustments", operation_id = "adjust_stock", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("variantId" = VariantId, Path, description = "Variant ID"),
        ("locationId" = LocationId, Path, description = "Location ID"),
        IdempotencyKey,
    ),
    request_body = AdjustStock,
    responses(
        (status = 201, description = "Units added or removed", body = StockMovementView),
        (status = 404, description = "`orders.no_such_stock`: the variant is not stocked at the location"),
        (status = 409, description = "`orders.not_enough_stock`: fewer units are free; `orders.too_much_stock`: the location would have more than 10^9 units"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
    )
)]
pub async fn adjust_stock(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Path(path): Path<StockPath>,
    Json(body): Json<AdjustStock>,
) -> Result<Created<StockMovementView>, Problem> {
    let (mut fields, now) = (Fields::new(), ctx.clock.now());
    let quantity = fields.check("quantity", Quantity::new(body.quantity));
    let (quantity,) = fields.all((quantity,))?;
    let id = MovementId::new(attempt.derive_id("adjust_stock", &standing.user_id().to_string()));
    let StockPath { variant_id, location_id } = path;
    let reason = body.reason.into();
    let movement = Movement { id, variant_id, location_id, quantity, reason, order_id: None, at: now };
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.stock(variant_id, Some(id))).await?;
        if let Some(before) = &read.movement {
            return Ok(created(same_as_before(before, &movement)?));
        }
        match adjust(ctx, &call, &read, &movement).await? {
            Ok(()) => return Ok(created(&movement)),
            Err(NotWritten::Conflict) => retry.pause().await?,
            Err(NotWritten::Store(error)) => return Err(error.into()),
        }
    }
}

async fn adjust(
    ctx: &Ctx,
    call: &Invocation,
    read: &StockRead,
    movement: &Movement,
) -> Result<Result<(), NotWritten>, Problem> {
    let location = movement.location_id;
    let (Some(level), Some(stock)) = (read.levels.get(&location), &read.stock) else {
        return Err(Refusal::NoSuchStock.into());
    };
    let changes = level.value.divided(movement.quantity).map_err(Refusal::from)?;
    let (after, revision) = (level.value.after(movement.quantity, &changes), read.next_revision());
    let availability = availability(others(read, location).chain([&after]), &read.locations.open());
    let (next, fact) = stock.value.after(location, availability, revision);
    let outbox = fact.map_or_else(|| Ok(Outbox::none()), |fact| Outbox::of(call.event(movement.at, fact)))?;
    let write = StockWrite { read: Some(stock), next: &next, outbox: &outbox };
    Ok(ctx.store.move_units(movement, &changes, revision, write).await)
}

/// Returns the existing movement if the request is the same, for a retry with the same key.
fn same_as_before<'a>(before: &'a Movement, movement: &Movement) -> Result<&'a Movement, Refusal> {
    before.is_same_as(movement).then_some(before).ok_or(Refusal::KeyReused)
}

fn created(movement: &Movement) -> Created<StockMovementView> {
    let Movement { variant_id, location_id, .. } = movement;
    Created::at(format!("/v1/commerce/stock/{variant_id}/{location_id}/movements"), movement.into())
}
