//! Locations and stock in responses.

use contracts::orders::StockAvailability;
use dynamo::Versioned;
use jiff::Timestamp;
use serde::Serialize;
use types::{LocationId, MovementId, ProductId, VariantId};
use utoipa::ToSchema;

use crate::domain::level::Level;
use crate::domain::location::{CountryCode, Location};
use crate::domain::movement::{Movement, MovementReason};
use crate::problem::Refusal;
use crate::store::StockRead;

/// A location.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationView {
    /// Location ID.
    pub id: LocationId,
    /// Name.
    #[schema(example = "Berlin warehouse")]
    pub name: String,
    /// CountryCode.
    pub country: CountryCode,
    /// Priority: among locations that have an order's units, the one with the highest number ships it.
    #[schema(example = 10)]
    pub priority: u16,
    /// Orders take units from open locations only.
    pub is_open: bool,
}

impl From<&Location> for LocationView {
    fn from(location: &Location) -> Self {
        let details = location.details.clone();
        Self {
            id: location.id,
            name: details.name,
            country: details.country,
            priority: details.priority,
            is_open: details.is_open,
        }
    }
}

/// All locations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocationList {
    /// Locations, in the order in which they were added.
    pub items: Vec<LocationView>,
}

/// Stock of a variant at a location.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockLevelView {
    /// Location ID.
    pub location_id: LocationId,
    /// Units on hand: free and reserved ones.
    #[schema(example = 12)]
    pub on_hand: i64,
    /// Units that can be ordered, without back-orders. Negative if more were sold on back-order than are free.
    #[schema(example = 10)]
    pub free: i64,
    /// Units that orders have reserved.
    #[schema(example = 2)]
    pub reserved: i64,
    /// Units on their way to the location.
    #[schema(example = 0)]
    pub incoming: u32,
    /// Units that can be ordered although none is there.
    #[schema(example = 0)]
    pub backorder_limit: u32,
    /// Number of parts that new units are divided among.
    #[schema(example = 1)]
    pub parts: u16,
}

impl From<&Level> for StockLevelView {
    fn from(level: &Level) -> Self {
        let stock = level.stock();
        Self {
            location_id: stock.location_id,
            on_hand: stock.on_hand,
            free: level.free(),
            reserved: level.reserved(),
            incoming: stock.settings.incoming,
            backorder_limit: stock.settings.backorder_limit,
            parts: stock.settings.parts,
        }
    }
}

/// Stock of a variant.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockView {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// SKU. Null if the variant was removed from the catalog.
    #[schema(example = "SHOE-RED-42")]
    pub sku: Option<String>,
    /// Title of the product. Null while the product is not published.
    #[schema(example = "Red shoe")]
    pub title: Option<String>,
    /// Whether the variant can be ordered: `low_stock` means at most 5 units, back-orders included.
    pub availability: StockAvailability,
    /// Stock per location.
    pub levels: Vec<StockLevelView>,
}

impl StockView {
    /// The stock that was read, if the variant is known.
    pub fn of(read: &StockRead) -> Result<Self, Refusal> {
        // A variant of which only prices are known so far is not known.
        let variant = read.variant.as_ref().ok_or(Refusal::NoSuchVariant)?;
        let product_id = variant.product_id.ok_or(Refusal::NoSuchVariant)?;
        Ok(Self {
            variant_id: variant.variant_id,
            product_id,
            sku: variant.existing().map(|facts| facts.sku.clone()),
            title: variant.product.facts.as_ref().map(|facts| facts.title.clone()),
            availability: read.stock.as_ref().map_or(StockAvailability::OutOfStock, |stock| stock.value.availability),
            levels: read.levels.values().map(|level| StockLevelView::from(&level.value)).collect(),
        })
    }
}

/// A change of the units on hand.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockMovementView {
    /// Movement ID.
    pub id: MovementId,
    /// Variant ID.
    pub variant_id: VariantId,
    /// Location ID.
    pub location_id: LocationId,
    /// Units that were added; negative if they were removed.
    #[schema(example = 12)]
    pub quantity: i64,
    /// Reason.
    pub reason: MovementReason,
    /// Time.
    #[serde(serialize_with = "types::time::millis")]
    pub at: Timestamp,
}

impl From<&Movement> for StockMovementView {
    fn from(movement: &Movement) -> Self {
        Self {
            id: movement.id,
            variant_id: movement.variant_id,
            location_id: movement.location_id,
            quantity: movement.quantity.units(),
            reason: movement.reason,
            at: movement.at,
        }
    }
}

impl From<Versioned<Movement>> for StockMovementView {
    fn from(movement: Versioned<Movement>) -> Self {
        Self::from(&movement.value)
    }
}
