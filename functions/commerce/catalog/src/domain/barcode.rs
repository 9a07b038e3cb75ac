//! Barcodes: Global Trade Item Numbers of GS1.

use serde::{Deserialize, Serialize};

/// Numbers of digits of a GTIN.
const LENGTHS: [usize; 4] = [8, 12, 13, 14];

/// A GTIN of 8, 12, 13 or 14 digits with a valid check digit (EAN, UPC and ITF-14 codes).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Barcode(String);

/// Reason why a text is not a barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    /// Other characters, or another number of them.
    #[error("must be a GTIN of 8, 12, 13 or 14 digits")]
    Form,
    /// A digit was mistyped.
    #[error("has the wrong check digit; compare it with the label: the last digit must be {0}")]
    CheckDigit(u32),
}

impl Barcode {
    /// Parses a barcode.
    pub fn parse(text: &str) -> Result<Self, BarcodeError> {
        let digits: Option<Vec<u32>> = text.chars().map(|char| char.to_digit(10)).collect();
        let digits = digits.filter(|digits| LENGTHS.contains(&digits.len())).ok_or(BarcodeError::Form)?;
        let Some((last, others)) = digits.split_last() else { return Err(BarcodeError::Form) };
        // GS1 General Specifications, section 7.9.1: weights 3 and 1 from the right.
        let weighted = others.iter().rev().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight);
        let check = (10 - weighted.sum::<u32>() % 10) % 10;
        if *last == check { Ok(Self(text.to_owned())) } else { Err(BarcodeError::CheckDigit(check)) }
    }

    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text::parsed_from_string!(Barcode, BarcodeError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_of_real_labels_are_accepted() {
        for good in ["96385074", "036000291452", "4006381333931", "10614141000415"] {
            assert_eq!(Barcode::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "1234567", "123456789", "4006381333a31", "٤٠٠٦٣٨١٣٣٣٩٣١"] {
            assert_eq!(Barcode::parse(bad), Err(BarcodeError::Form), "{bad}");
        }
        assert_eq!(Barcode::parse("4006381333932"), Err(BarcodeError::CheckDigit(1)));
    }

    proptest! {
        #[test]
        fn every_single_mistyped_digit_is_noticed(at in 0_usize..13, by in 1_u8..10) {
            let mut digits = "4006381333931".to_owned().into_bytes();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            let typed = String::from_utf8(digits).unwrap();
            prop_assert!(matches!(Barcode::parse(&typed), Err(BarcodeError::CheckDigit(_))));
        }
    }
}
