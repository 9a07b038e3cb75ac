//! Checkout settings in requests and responses.

use contracts::payments::CaptureMode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::checkout::{CheckoutSettings, InvoicePrefix, Seller};

/// Seller, as it stands on invoices.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SellerEntry {
    /// Name.
    #[schema(min_length = 1, max_length = 100, example = "Example Shop GmbH")]
    pub name: String,
    /// Lines of the address.
    #[schema(min_items = 1, max_items = 6, example = json!(["Hauptstraße 1", "10115 Berlin"]))]
    pub address: Vec<SellerAddressLine>,
    /// Tax number.
    #[schema(min_length = 1, max_length = 100, example = "DE123456789")]
    pub tax_number: String,
}

/// Line of the seller's address.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 100)]
pub struct SellerAddressLine(pub String);

impl From<&Seller> for SellerEntry {
    fn from(seller: &Seller) -> Self {
        Self {
            name: seller.name.clone(),
            address: seller.address.iter().cloned().map(SellerAddressLine).collect(),
            tax_number: seller.tax_number.clone(),
        }
    }
}

/// Checkout settings of the shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutSettingsView {
    /// Whether orders can be placed.
    pub is_open: bool,
    /// When money is captured.
    pub capture_mode: CaptureMode,
    /// Days after delivery within which buyers may return units.
    #[schema(example = 14)]
    pub return_days: u16,
    /// Seller. Null until it is set: without it there are no invoices.
    pub seller: Option<SellerEntry>,
    /// First part of invoice numbers.
    pub invoice_prefix: InvoicePrefix,
}

impl From<&CheckoutSettings> for CheckoutSettingsView {
    fn from(settings: &CheckoutSettings) -> Self {
        Self {
            is_open: settings.is_open,
            capture_mode: settings.capture,
            return_days: settings.return_days,
            seller: settings.seller.as_ref().map(SellerEntry::from),
            invoice_prefix: settings.invoice_prefix.clone(),
        }
    }
}
