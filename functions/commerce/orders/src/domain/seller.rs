//! The seller: who issues invoices, and under which numbers.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::{TextError, line};
use utoipa::ToSchema;

/// Maximum length of the seller's name and of a line of the address in characters.
pub const MAX_SELLER_LINE_CHARS: usize = 100;
/// Maximum number of lines of the seller's address.
pub const MAX_SELLER_LINES: usize = 6;
/// Maximum length of a tax number in characters.
pub const MAX_TAX_NUMBER_CHARS: usize = 40;
/// Maximum length of the prefix of invoice numbers in characters.
pub const MAX_PREFIX_CHARS: usize = 10;

/// Who sells: what the law wants on an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Name of the company.
    pub name: String,
    /// Lines of the postal address.
    pub address: Vec<String>,
    /// Tax number or VAT identification number.
    pub tax_number: String,
}

/// What invoices are issued with. Until the seller is set, none is issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceSettings {
    /// Who sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Seller>,
    /// What numbers begin with.
    pub prefix: InvoicePrefix,
}

impl Default for InvoiceSettings {
    fn default() -> Self {
        Self { seller: None, prefix: InvoicePrefix("INV".to_owned()) }
    }
}

/// Parses the seller's name, or a line of the address.
pub fn seller_line(text: &str) -> Result<String, TextError> {
    line(text, MAX_SELLER_LINE_CHARS)
}

/// Parses a tax number.
pub fn tax_number(text: &str) -> Result<String, TextError> {
    line(text, MAX_TAX_NUMBER_CHARS)
}

/// What the numbers of invoices begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Z0-9]{1,10}$", examples("RE"))]
pub struct InvoicePrefix(String);

/// The text is not a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_PREFIX_CHARS} capital letters A-Z and digits, like RE")]
pub struct NotAPrefix;

impl InvoicePrefix {
    /// Parses a prefix.
    pub fn parse(text: &str) -> Result<Self, NotAPrefix> {
        let is_code = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let fits = is_code && (1..=MAX_PREFIX_CHARS).contains(&text.len());
        fits.then(|| Self(text.to_owned())).ok_or(NotAPrefix)
    }
}

impl fmt::Display for InvoicePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text::parsed_from_string!(InvoicePrefix, NotAPrefix);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_short_and_has_no_separator() {
        assert_eq!(InvoicePrefix::parse("RE2").unwrap().to_string(), "RE2");
        for bad in ["", "re", "A-B", "ABCDEFGHIJK", "Ü"] {
            assert_eq!(InvoicePrefix::parse(bad), Err(NotAPrefix), "{bad}");
        }
    }
}
