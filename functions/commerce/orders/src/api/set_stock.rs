//! `PUT /v1/commerce/stock/{variantId}/{locationId}`: stocks a variant at a location, or changes how.
//!
//! Emits `orders.availability_changed.v1` if the change makes the variant available, or no longer so.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox, Versioned};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{LocationId, VariantId};
use utoipa::ToSchema;

use crate::api::StockPath;
use crate::api::view::StockLevelView;
use crate::ctx::Ctx;
use crate::domain::availability::{VariantStock, availability};
use crate::domain::level::{Level, MAX_BACKORDER_LIMIT, MAX_INCOMING, MAX_PARTS, StockLevel, StockSettings};
use crate::problem::Refusal;
use crate::store::{NotWritten, StockRead, StockWrite};

/// Request to stock a variant at a location.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetStock {
    /// Number of parts that new units are divided among. 1 suits ordinary variants. With more parts, more buyers can order at
    /// once: 32 for a product that a thousand people want in the same second.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 32, default = 1, example = 1)]
    parts: u16,
    /// Units that can be ordered although none is there.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000, default = 0, example = 0)]
    backorder_limit: u32,
    /// Units on their way to the location. For display only: they become units on hand with an adjustment.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000, default = 0, example = 0)]
    incoming: u32,
}

const fn one() -> u16 {
    1
}

impl SetStock {
    fn parse(&self) -> Result<StockSettings, Problem> {
        let mut fields = Fields::new();
        if !(1..=MAX_PARTS).contains(&self.parts) {
            fields.refuse("parts", format!("must be a number from 1 to {MAX_PARTS}"));
        }
        if self.backorder_limit > MAX_BACKORDER_LIMIT {
            fields.refuse("backorderLimit", format!("must be a number from 0 to {MAX_BACKORDER_LIMIT}"));
        }
        if self.incoming > MAX_INCOMING {
            fields.refuse("incoming", format!("must be a number from 0 to {MAX_INCOMING}"));
        }
        let Self { parts, backorder_limit, incoming } = *self;
        fields.all((Some(StockSettings { parts, backorder_limit, incoming }),)).map(|(settings,)| settings)
    }
}

/// Set a stock level
///
/// Stocks the variant at the location without units, or changes its settings; adjustments add and remove units. With fewer
/// parts than before, only new units are divided differently. Requires the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/stock/{variantId}/{locationId}", operation_id = "set_stock", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("variantId" = VariantId, Path, description = "Variant ID"),
        ("locationId" = LocationId, Path, description = "Location ID"),
    ),
    request_body = SetStock,
    responses(
        (status = 200, description = "The stock at the location", body = StockLevelView),
        (status = 404, description = "`orders.no_such_variant`: no variant with this ID; `orders.no_such_location`: no location with this ID"),
    )
)]
pub async fn set_stock(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(path): Path<StockPath>,
    Json(body): Json<SetStock>,
) -> Result<Json<StockLevelView>, Problem> {
    let (now, settings) = (ctx.clock.now(), body.parse()?);
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.stock(path.variant_id, None)).await?;
        let before = read.levels.get(&path.location_id);
        if let Some(same) = before.filter(|level| level.value.stock().settings == settings) {
            return Ok(Json(StockLevelView::from(&same.value)));
        }
        let (stock, level) = next(&read, path, before, settings)?;
        let levels = others(&read, path.location_id).chain([&level]);
        let (stock, fact) =
            stock.after(path.location_id, availability(levels, &read.locations.open()), read.next_revision());
        let outbox = fact.map_or_else(|| Ok(Outbox::none()), |fact| Outbox::of(call.event(now, fact)))?;
        let write = StockWrite { read: read.stock.as_ref(), next: &stock, outbox: &outbox };
        match ctx.store.set_level(before, level.stock(), write).await {
            Ok(()) => return Ok(Json(StockLevelView::from(&level))),
            Err(NotWritten::Conflict) => retry.pause().await?,
            Err(NotWritten::Store(error)) => return Err(error.into()),
        }
    }
}

/// Returns the variant's stock before the change, and the level after it.
fn next(
    read: &StockRead,
    StockPath { variant_id, location_id }: StockPath,
    before: Option<&Versioned<Level>>,
    settings: StockSettings,
) -> Result<(VariantStock, Level), Refusal> {
    let revision = read.next_revision();
    let level = if let Some(before) = before {
        before.value.with(settings, revision)
    } else {
        read.locations.get(location_id).ok_or(Refusal::NoSuchLocation)?;
        Level::new(StockLevel::new(variant_id, location_id, settings, revision), Vec::new())
    };
    let stock = if let Some(stock) = &read.stock {
        stock.value.clone()
    } else {
        let variant = read.variant.as_ref().filter(|variant| variant.existing().is_some());
        let product_id = variant.and_then(|variant| variant.product_id);
        VariantStock::new(variant_id, product_id.ok_or(Refusal::NoSuchVariant)?)
    };
    Ok((stock, level))
}

/// Returns the levels at other locations.
pub(super) fn others(read: &StockRead, location: LocationId) -> impl Iterator<Item = &Level> {
    read.levels.iter().filter(move |(other, _)| **other != location).map(|(_, level)| &level.value)
}
