//! Shipments, returns and invoices in responses.

use jiff::Timestamp;
use kit::auth::CheckedBuyer;
use serde::{Deserialize, Deserializer, Serialize};
use types::{CurrencyCode, LocationId, Role, VariantId};
use utoipa::ToSchema;

use crate::domain::invoice::{Invoice, InvoiceKind, InvoiceNumber};
use crate::domain::order_number::OrderName;
use crate::domain::order_return::{Restocked, Return, ReturnReason, ReturnState};
use crate::domain::placed::Order;
use crate::domain::shipment::{Shipment, ShipmentState};
use crate::problem::Refusal;

/// Path of an order.
#[derive(Debug, Clone, Deserialize)]
pub struct OrderPath {
    /// ID or number of the order.
    #[serde(rename = "id")]
    pub order: OrderName,
}

/// Path of a numbered part of an order.
#[derive(Debug, Clone, Deserialize)]
pub struct OrderPartPath {
    /// ID or number of the order.
    #[serde(rename = "id")]
    pub order: OrderName,
    /// Number within the order, from 1.
    #[serde(deserialize_with = "number")]
    pub number: u32,
}

/// Reads a number of a path, whose parameters are texts.
fn number<'de, D: Deserializer<'de>>(parameter: D) -> Result<u32, D::Error> {
    let text = String::deserialize(parameter)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// Who looks at an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Its buyer.
    Buyer,
    /// A manager or admin.
    Manager,
}

/// Returns as whom the caller sees an order. An order of another buyer is not found.
pub fn viewer(caller: &CheckedBuyer, order: &Order) -> Result<Viewer, Refusal> {
    if let CheckedBuyer::User(caller) = caller
        && (caller.has_role(Role::Manager) || caller.has_role(Role::Admin))
    {
        return Ok(Viewer::Manager);
    }
    if order.is_open_to(caller.id()) { Ok(Viewer::Buyer) } else { Err(Refusal::NoSuchOrder) }
}

/// The progress of a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderShipmentState {
    /// It was handed to the carrier.
    Shipped,
    /// It reached the buyer.
    Delivered,
    /// It was cancelled before it left.
    Cancelled,
}

/// Units of a shipment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderShipmentUnitsView {
    /// Index of the line in the order, from 0.
    pub line: u32,
    /// Variant ID. For a bundle, that of a component.
    pub variant_id: VariantId,
    /// Number of units.
    pub quantity: u32,
}

/// A shipment of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderShipmentView {
    /// Number within the order, from 1.
    pub number: u32,
    /// Progress.
    pub state: OrderShipmentState,
    /// ID of the location that it left.
    pub location_id: LocationId,
    /// Units.
    pub units: Vec<OrderShipmentUnitsView>,
    /// Carrier. Null if it is not known.
    pub carrier: Option<String>,
    /// Tracking number. Null if it is not known.
    pub tracking_number: Option<String>,
    /// Time at which it was shipped.
    #[serde(serialize_with = "types::time::millis")]
    pub shipped_at: Timestamp,
    /// Time at which it was delivered. Null if it is not known to be.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub delivered_at: Option<Timestamp>,
    /// Time at which it was cancelled. Null if it was not.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub cancelled_at: Option<Timestamp>,
}

impl From<&Shipment> for OrderShipmentView {
    fn from(shipment: &Shipment) -> Self {
        let (state, delivered_at, cancelled_at) = match shipment.state {
            ShipmentState::Shipped => (OrderShipmentState::Shipped, None, None),
            ShipmentState::Delivered { delivered_at } => (OrderShipmentState::Delivered, Some(delivered_at), None),
            ShipmentState::Cancelled { cancelled_at } => (OrderShipmentState::Cancelled, None, Some(cancelled_at)),
        };
        let mut units: Vec<OrderShipmentUnitsView> = Vec::new();
        for shipped in &shipment.units {
            let (line, variant_id, quantity) = (shipped.line, shipped.taken.variant_id, shipped.taken.quantity);
            match units.iter_mut().find(|units| units.line == line && units.variant_id == variant_id) {
                Some(units) => units.quantity += quantity,
                None => units.push(OrderShipmentUnitsView { line, variant_id, quantity }),
            }
        }
        Self {
            number: shipment.number,
            state,
            location_id: shipment.location_id,
            units,
            carrier: shipment.tracking.carrier.clone(),
            tracking_number: shipment.tracking.number.clone(),
            shipped_at: shipment.shipped_at,
            delivered_at,
            cancelled_at,
        }
    }
}

/// The progress of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderReturnState {
    /// The shop waits for the units.
    Requested,
    /// The shop has received what it received.
    Received,
    /// The shop refused the return.
    Rejected,
}

/// A line of a return.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderReturnLineView {
    /// Index of the line in the order, from 0.
    pub line: u32,
    /// Units that the buyer wants to return.
    pub requested: u32,
    /// Units that the shop received.
    pub received: u32,
}

/// Returned units that are sold again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderRestockedView {
    /// Variant ID. For a bundle, that of a component.
    pub variant_id: VariantId,
    /// Location ID.
    pub location_id: LocationId,
    /// Number of units.
    pub quantity: u32,
}

impl From<&Restocked> for OrderRestockedView {
    fn from(restocked: &Restocked) -> Self {
        let Restocked { variant_id, location_id, quantity } = *restocked;
        Self { variant_id, location_id, quantity }
    }
}

/// A return of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderReturnView {
    /// Number within the order, from 1.
    pub number: u32,
    /// Progress.
    pub state: OrderReturnState,
    /// Reason of the buyer.
    pub reason: ReturnReason,
    /// Lines.
    pub lines: Vec<OrderReturnLineView>,
    /// What goes back to the buyer, in minor units. Null until the units were received.
    pub refund_minor: Option<i64>,
    /// Units that are sold again. For managers; empty for buyers.
    pub restocked: Vec<OrderRestockedView>,
    /// Reason of a rejection. Null if it was not rejected.
    pub rejection_reason: Option<String>,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    pub requested_at: Timestamp,
    /// Time at which it was received or rejected. Null until then.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub settled_at: Option<Timestamp>,
}

impl OrderReturnView {
    /// A return as the viewer may see it.
    pub fn new(returned: &Return, viewer: Viewer) -> Self {
        let (state, settled_at, refund_minor, restocked, rejection_reason) = match &returned.state {
            ReturnState::Requested => (OrderReturnState::Requested, None, None, &[][..], None),
            ReturnState::Received { received_at, refund, restocked } => {
                (OrderReturnState::Received, Some(*received_at), Some(*refund), &restocked[..], None)
            }
            ReturnState::Rejected { rejected_at, reason } => {
                (OrderReturnState::Rejected, Some(*rejected_at), None, &[][..], Some(reason.clone()))
            }
        };
        let lines = returned.lines.iter().map(|line| OrderReturnLineView {
            line: line.line,
            requested: line.requested,
            received: line.received,
        });
        let restocked = if viewer == Viewer::Manager { restocked } else { &[] };
        Self {
            number: returned.number,
            state,
            reason: returned.reason,
            lines: lines.collect(),
            refund_minor,
            restocked: restocked.iter().map(OrderRestockedView::from).collect(),
            rejection_reason,
            requested_at: returned.requested_at,
            settled_at,
        }
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderInvoiceKind {
    /// An invoice.
    Invoice,
    /// A credit note, which corrects the invoice.
    CreditNote,
}

/// An invoice or a credit note of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderInvoiceView {
    /// Number within the order, from 1: the last part of the path of the file.
    pub number: u32,
    /// Number that is printed on the document, unique in the shop.
    pub document_number: InvoiceNumber,
    /// What it is.
    pub kind: OrderInvoiceKind,
    /// Document number of the invoice that it corrects. Null for an invoice.
    pub corrects: Option<InvoiceNumber>,
    /// Time at which it was issued.
    #[serde(serialize_with = "types::time::millis")]
    pub issued_at: Timestamp,
    /// Currency.
    pub currency: CurrencyCode,
    /// Sum without tax in minor units; not negative.
    pub net_minor: i64,
    /// Sum of the taxes in minor units; not negative.
    pub tax_minor: i64,
    /// Total in minor units; not negative. A credit note gives it back.
    pub total_minor: i64,
}

impl From<&Invoice> for OrderInvoiceView {
    fn from(invoice: &Invoice) -> Self {
        let (kind, corrects) = match &invoice.kind {
            InvoiceKind::Invoice => (OrderInvoiceKind::Invoice, None),
            InvoiceKind::CreditNote { corrects } => (OrderInvoiceKind::CreditNote, Some(corrects.clone())),
        };
        Self {
            number: invoice.sequence,
            document_number: invoice.number.clone(),
            kind,
            corrects,
            issued_at: invoice.issued_at,
            currency: invoice.currency.clone(),
            net_minor: invoice.net,
            tax_minor: invoice.tax,
            total_minor: invoice.total,
        }
    }
}
