//! Postal addresses of buyers.

use serde::{Deserialize, Serialize};
use types::{PersonName, PhoneNumber, TextError, line};

use super::location::CountryCode;

/// Maximum length of a line of an address in characters.
pub const MAX_LINE_CHARS: usize = 100;
/// Maximum length of a postal code in characters.
pub const MAX_POSTAL_CODE_CHARS: usize = 20;

/// A part of an address: one visible line. `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressLine(String);

types::redacted!(AddressLine);

impl AddressLine {
    /// Parses a line of at most `max_chars` characters.
    pub fn parse(text: &str, max_chars: usize) -> Result<Self, TextError> {
        line(text, max_chars).map(Self)
    }

    /// Returns the line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Name of the recipient.
    pub name: PersonName,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<AddressLine>,
    /// Street and number, or what stands for it.
    pub line1: AddressLine,
    /// Further part, such as a floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<AddressLine>,
    /// Postal code. Some countries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<AddressLine>,
    /// City.
    pub city: AddressLine,
    /// State, province or prefecture, where addresses have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AddressLine>,
    /// Country.
    pub country: CountryCode,
    /// Phone number, for the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_not_in_logs() {
        let line = |text: &str| AddressLine::parse(text, MAX_LINE_CHARS).unwrap();
        let address = Address {
            name: PersonName::parse("Ada Lovelace").unwrap(),
            company: None,
            line1: line("12 St James's Square"),
            line2: None,
            postal_code: Some(line("SW1Y 4JH")),
            city: line("London"),
            state: None,
            country: CountryCode::parse("GB").unwrap(),
            phone: None,
        };
        let shown = format!("{address:?}");
        for secret in ["Ada", "James", "SW1Y", "London"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
