//! Phone numbers.

/// Minimum number of digits, including the country code.
const MIN_DIGITS: usize = 7;
/// Maximum number of digits (ITU-T E.164, section 6).
const MAX_DIGITS: usize = 15;

/// Maximum number of characters before spaces and the like are removed.
const MAX_INPUT_CHARS: usize = 32;

/// Phone number in E.164 format. `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Invalid phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a phone number with country code, for example +4915112345678")]
pub struct PhoneError;

impl PhoneNumber {
    /// Parses a number. Spaces, hyphens, dots, slashes and brackets are removed, and so is a trunk prefix in brackets:
    /// `+49 (0)151 …` is `+49151…`. Where calls from abroad keep the zero, brackets around it are refused.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        if text.chars().count() > MAX_INPUT_CHARS {
            return Err(PhoneError);
        }
        let compact: String = text.chars().filter(|char| *char != ' ').collect();
        let plain: String = without_trunk_prefix(&compact)?.chars().filter(|char| !" -.()/".contains(*char)).collect();
        let digits = plain.strip_prefix('+').ok_or(PhoneError)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        if is_number && (MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) { Ok(Self(plain)) } else { Err(PhoneError) }
    }

    /// Returns the number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns a masked form that shows the last two digits.
    pub fn masked(&self) -> String {
        let shown = self.0.len() - 2;
        format!("{}{}", "*".repeat(shown), &self.0[shown..])
    }
}

/// Country codes whose numbers keep their leading zero when they are called from abroad: Italy with the Vatican, San Marino.
const ZERO_IS_KEPT: [&str; 2] = ["+39", "+378"];

/// Removes `(0)`, which people write for a zero that only callers within the country dial.
fn without_trunk_prefix(compact: &str) -> Result<String, PhoneError> {
    let is_kept = ZERO_IS_KEPT.iter().any(|code| compact.starts_with(code));
    match compact.matches("(0)").count() {
        0 => Ok(compact.to_owned()),
        1 if !is_kept => Ok(compact.replace("(0)", "")),
        _ => Err(PhoneError),
    }
}

::text::redacted!(PhoneNumber);
::text::parsed_from_string!(PhoneNumber, PhoneError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let plain = PhoneNumber::parse("+4915112345678").unwrap();
        assert_eq!(PhoneNumber::parse("+49 (151) 1234-5678"), Ok(plain.clone()));
        assert_eq!(PhoneNumber::parse("+49 (0)151 1234-5678"), Ok(plain.clone()));
        assert_eq!(PhoneNumber::parse("+49(0)15112345678"), Ok(plain.clone()));
        assert_eq!(plain.masked(), "************78");
        assert_eq!(format!("{plain:?}"), "PhoneNumber(redacted)");
    }

    #[test]
    fn what_cannot_be_called_from_abroad_is_refused() {
        for bad in [
            "",
            "+",
            "(0)15112345678",
            "+49(0)(0)15112345678",
            "+39(0)612345678",
            "015112345678",
            "+0151123456",
            "+49151abc",
            "+123456",
            "+1234567890123456",
            "+４９15112345678",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(PhoneError), "{bad}");
        }
    }
}
