//! Lines of orders in responses.

use std::collections::BTreeMap;

use money::Rate;
use serde::Serialize;
use types::{LocationId, ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::fulfilment_view::Viewer;
use crate::domain::order::Line;
use crate::domain::placed::OrderLine;
use crate::domain::pricing::LineTotals;

/// Amounts of a line or of the shipping, in minor units.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderAmounts {
    /// Unit price × quantity, before discounts.
    #[schema(example = 3998)]
    pub subtotal_minor: i64,
    /// Discounts.
    #[schema(example = 0)]
    pub discount_minor: i64,
    /// Amount without tax.
    #[schema(example = 3360)]
    pub net_minor: i64,
    /// Tax.
    #[schema(example = 638)]
    pub tax_minor: i64,
    /// What the buyer pays.
    #[schema(example = 3998)]
    pub gross_minor: i64,
    /// Tax rate in millionths: 190000 is 19 %.
    #[schema(value_type = u32, example = 190_000)]
    pub tax_rate: Rate,
}

impl From<&LineTotals> for OrderAmounts {
    fn from(totals: &LineTotals) -> Self {
        Self {
            subtotal_minor: totals.subtotal,
            discount_minor: totals.discounts.iter().map(|discount| discount.amount).sum(),
            net_minor: totals.net,
            tax_minor: totals.tax,
            gross_minor: totals.gross(),
            tax_rate: totals.tax_rate,
        }
    }
}

/// Units that an order holds at a location.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderHeldUnits {
    /// Variant ID. For a bundle, that of a component.
    pub variant_id: VariantId,
    /// Location ID.
    pub location_id: LocationId,
    /// Number of units.
    #[schema(example = 2)]
    pub quantity: u32,
}

/// The units that a line holds, by variant and location. Parts of the stock are no matter of clients.
fn held_units(line: &Line) -> Vec<OrderHeldUnits> {
    let mut units: BTreeMap<(VariantId, LocationId), u32> = BTreeMap::new();
    for taken in line.items.iter().flat_map(|item| &item.held) {
        *units.entry((taken.variant_id, taken.location_id)).or_default() += taken.quantity;
    }
    let held = |((variant_id, location_id), quantity)| OrderHeldUnits { variant_id, location_id, quantity };
    units.into_iter().map(held).collect()
}

/// Line of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderLineView {
    /// Index of the line in the order, from 0. Shipments, returns and cancellations name lines by it.
    #[schema(example = 0)]
    pub line: u32,
    /// Variant ID. That of the bundle if the line is a bundle.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// SKU.
    #[schema(example = "LAMP-RED")]
    pub sku: String,
    /// Title of the product when the order was placed.
    #[schema(example = "Lamp")]
    pub title: String,
    /// The value of each option.
    pub choices: BTreeMap<String, String>,
    /// Price of one unit in minor units, with or without tax as the shop stated prices.
    #[schema(example = 1999)]
    pub unit_price_minor: i64,
    /// Units ordered.
    #[schema(example = 2)]
    pub quantity: u32,
    /// Units cancelled.
    #[schema(example = 0)]
    pub cancelled: u32,
    /// Units of which everything was shipped.
    #[schema(example = 0)]
    pub shipped: u32,
    /// Units for which a return was requested, those received included.
    #[schema(example = 0)]
    pub returning: u32,
    /// Units received back.
    #[schema(example = 0)]
    pub returned: u32,
    /// Units on back-order: they were not on hand when the order was placed, and were neither shipped nor cancelled since.
    #[schema(example = 0)]
    pub backordered: u32,
    /// Where units to be shipped are held. For managers and admins; empty for buyers.
    pub held: Vec<OrderHeldUnits>,
    /// Amounts.
    pub amounts: OrderAmounts,
}

impl OrderLineView {
    /// A line, as the viewer may see it.
    pub fn new(index: u32, line: &OrderLine, units: &Line, viewer: Viewer) -> Self {
        Self {
            line: index,
            variant_id: line.variant_id,
            product_id: line.product_id,
            sku: line.sku.clone(),
            title: line.title.clone(),
            choices: line.choices.clone(),
            unit_price_minor: line.unit_price,
            quantity: units.ordered,
            cancelled: units.cancelled,
            shipped: units.shipped(),
            returning: units.returning,
            returned: units.returned,
            backordered: units.backordered_open(),
            held: if viewer == Viewer::Manager { held_units(units) } else { Vec::new() },
            amounts: OrderAmounts::from(&line.totals),
        }
    }
}
