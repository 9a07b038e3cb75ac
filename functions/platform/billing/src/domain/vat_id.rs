//! VAT identification numbers: their format by country.
//!
//! The formats are those of the European Commission's VIES, without Northern Ireland's, which is for goods only. A well-formed
//! number is not necessarily one that was given: the check with VIES is the caller's.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::tax::Country;

/// Formats by prefix: `9` is a digit, `A` a letter, `*` a letter or a digit, anything else itself.
const FORMATS: &[(&str, &[&str])] = &[
    ("AT", &["U99999999"]),
    ("BE", &["0999999999", "1999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["*9999999*"]),
    ("FI", &["99999999"]),
    ("FR", &["**999999999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9*99999A", "9999999A", "9999999AA"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999B99"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    ("RO", &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"]),
    ("SE", &["999999999901"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
];
/// Maximum length of the text that people enter.
const MAX_TEXT_BYTES: usize = 40;
/// Greece's prefix is not its country code.
const GREECE: (&str, &str) = ("EL", "GR");

/// A well-formed VAT identification number, without spaces: `DE123456789`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatId(String);

/// The text is not a VAT identification number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a VAT identification number with its country prefix, for example DE123456789")]
pub struct NotAVatId;

impl VatId {
    /// Parses a number as people write it, with spaces, dots, hyphens and small letters.
    pub fn parse(text: &str) -> Result<Self, NotAVatId> {
        let is_noise = |character: &char| matches!(character, ' ' | '.' | '-');
        if text.len() > MAX_TEXT_BYTES {
            return Err(NotAVatId);
        }
        let text: String = text.chars().filter(|one| !is_noise(one)).map(|one| one.to_ascii_uppercase()).collect();
        let (prefix, number) = text.split_at_checked(2).ok_or(NotAVatId)?;
        let formats = FORMATS.iter().find(|(of, _)| *of == prefix).map(|(_, formats)| formats).ok_or(NotAVatId)?;
        let fits =
            formats.iter().any(|format| fits(number, format)) && (prefix != "ES" || has_letter_at_an_end(number));
        if fits { Ok(Self(text)) } else { Err(NotAVatId) }
    }

    /// True if a country gave it.
    pub fn is_of(&self, country: &Country) -> bool {
        let prefix = self.0.get(..2).unwrap_or_default();
        let of = if prefix == GREECE.0 { GREECE.1 } else { prefix };
        of == country.as_str()
    }

    /// Returns the number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fits(number: &str, format: &str) -> bool {
    let one = |(byte, class): (u8, u8)| match class {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        b'*' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        other => byte == other,
    };
    number.len() == format.len() && number.bytes().zip(format.bytes()).all(one)
}

/// In Spain the first or the last character is a letter, or both are.
fn has_letter_at_an_end(number: &str) -> bool {
    let bytes = number.as_bytes();
    [bytes.first(), bytes.last()].into_iter().flatten().any(u8::is_ascii_uppercase)
}

impl fmt::Debug for VatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A sole trader's number identifies a person.
        f.write_str("VatId(redacted)")
    }
}

::text::parsed_from_string!(VatId, NotAVatId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vat_id_has_the_format_of_its_country() {
        for good in [
            "DE123456789",
            "de 123 456 789",
            "ATU12345678",
            "FRXX999999999",
            "EL123456789",
            "NL123456789B01",
            "ESA1234567B",
            "ES12345678Z",
            "SE556789012301",
            "IE6388047V",
            "IE1234567FA",
            "IT12345678901",
            "BE0123456789",
            "RO12",
        ] {
            assert!(VatId::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "D",
            "DE",
            "DE12345678",
            "DE1234567890",
            "DE12345678A",
            "US123456789",
            "GR123456789",
            "AT12345678",
            "BE2123456789",
            "ES123456789",
            "SE556789012302",
            "DEÄ23456789",
            "XIGD123",
            "CHE123456789",
        ] {
            assert_eq!(VatId::parse(bad), Err(NotAVatId), "{bad}");
        }
    }

    #[test]
    fn a_vat_id_belongs_to_its_country() {
        let is_of = |id: &str, country: &str| VatId::parse(id).unwrap().is_of(&Country::parse(country).unwrap());
        assert!(is_of("DE123456789", "DE") && is_of("EL123456789", "GR") && !is_of("DE123456789", "AT"));
    }
}
