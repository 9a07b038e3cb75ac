//! Checkout settings: whether the shop takes orders, when it takes money, and what stands on its invoices.

use contracts::payments::CaptureMode;
use serde::{Deserialize, Serialize};
use types::{TextError, line};
use utoipa::ToSchema;

/// Maximum number of days for returns.
pub const MAX_RETURN_DAYS: u16 = 365;
/// Maximum length of the seller's name, of a line of its address and of its tax number, in characters.
pub const MAX_SELLER_CHARS: usize = 100;
/// Maximum number of lines of the seller's address.
pub const MAX_ADDRESS_LINES: usize = 6;
/// Maximum length of the prefix of invoice numbers in characters.
pub const MAX_PREFIX_CHARS: usize = 10;

/// First part of invoice numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Z0-9]{1,10}$", examples("INV"))]
pub struct InvoicePrefix(String);

/// The text is not a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_PREFIX_CHARS} capital letters A-Z and digits, like INV")]
pub struct NotAnInvoicePrefix;

impl InvoicePrefix {
    /// Parses a prefix.
    pub fn parse(text: &str) -> Result<Self, NotAnInvoicePrefix> {
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let fits = (1..=MAX_PREFIX_CHARS).contains(&text.len()) && text.bytes().all(fits);
        fits.then(|| Self(text.to_owned())).ok_or(NotAnInvoicePrefix)
    }

    /// Returns the prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text::parsed_from_string!(InvoicePrefix, NotAnInvoicePrefix);

/// The seller, as it stands on invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Name.
    pub name: String,
    /// Lines of the address.
    pub address: Vec<String>,
    /// Tax number.
    pub tax_number: String,
}

/// Reason why a seller is refused, with the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SellerError {
    /// The name.
    Name(TextError),
    /// The number of lines of the address.
    AddressLength,
    /// A line of the address.
    AddressLine(usize, TextError),
    /// The tax number.
    TaxNumber(TextError),
}

impl Seller {
    /// Parses a seller: each text is one visible line.
    pub fn parse(name: &str, address: &[String], tax_number: &str) -> Result<Self, SellerError> {
        if !(1..=MAX_ADDRESS_LINES).contains(&address.len()) {
            return Err(SellerError::AddressLength);
        }
        let of_line = |(at, text): (usize, &String)| {
            line(text, MAX_SELLER_CHARS).map_err(|error| SellerError::AddressLine(at, error))
        };
        Ok(Self {
            name: line(name, MAX_SELLER_CHARS).map_err(SellerError::Name)?,
            address: address.iter().enumerate().map(of_line).collect::<Result<_, _>>()?,
            tax_number: line(tax_number, MAX_SELLER_CHARS).map_err(SellerError::TaxNumber)?,
        })
    }
}

/// The checkout settings of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutSettings {
    /// Whether orders can be placed.
    pub is_open: bool,
    /// When money is captured.
    pub capture: CaptureMode,
    /// Days after delivery within which the buyer may return units.
    pub return_days: u16,
    /// The seller. Without one there are no invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Seller>,
    /// First part of invoice numbers.
    pub invoice_prefix: InvoicePrefix,
}

impl Default for CheckoutSettings {
    /// Open, money is captured at once, 14 days for returns.
    fn default() -> Self {
        Self {
            is_open: true,
            capture: CaptureMode::Immediate,
            return_days: 14,
            seller: None,
            invoice_prefix: InvoicePrefix("INV".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_short_and_plain() {
        for good in ["A", "INV", "2026SHOP12"] {
            assert_eq!(InvoicePrefix::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "inv", "INV-", "ABCDEFGHIJK", "Ä"] {
            assert_eq!(InvoicePrefix::parse(bad), Err(NotAnInvoicePrefix), "{bad}");
        }
        assert_eq!(CheckoutSettings::default().invoice_prefix, InvoicePrefix::parse("INV").unwrap());
    }

    #[test]
    fn a_seller_has_an_address_of_visible_lines() {
        let lines = ["Invalidenstr. 116".to_owned(), "10115 Berlin".to_owned()];
        assert!(Seller::parse("Shop GmbH", &lines, "DE123456789").is_ok());
        assert_eq!(Seller::parse("Shop GmbH", &[], "DE1"), Err(SellerError::AddressLength));
        assert!(matches!(Seller::parse("Shop", &["a\nb".to_owned()], "DE1"), Err(SellerError::AddressLine(0, _))));
        assert!(matches!(Seller::parse(" ", &lines, "DE1"), Err(SellerError::Name(_))));
    }
}
