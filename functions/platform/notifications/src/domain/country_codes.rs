//! Countries to which text messages are sent: each message costs money, and some prefixes share their fee with the owner of the
//! number.

use std::str::FromStr;

use types::PhoneNumber;

/// Maximum number of digits of a prefix.
const MAX_PREFIX_DIGITS: usize = 10;

/// The prefixes of phone numbers that receive text messages. The longest prefix that a number starts with decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountryCodes {
    all: bool,
    /// Each prefix with its plus sign, and whether it is allowed.
    prefixes: Vec<(String, bool)>,
}

/// The list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be prefixes such as +49, separated by commas; !+1876 excludes one, and * allows all")]
pub struct InvalidCountryCodes;

impl FromStr for CountryCodes {
    type Err = InvalidCountryCodes;

    fn from_str(text: &str) -> Result<Self, InvalidCountryCodes> {
        let mut codes = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if part == "*" {
                codes.all = true;
                continue;
            }
            let (prefix, is_allowed) = part.strip_prefix('!').map_or((part, true), |prefix| (prefix, false));
            let digits = prefix.strip_prefix('+').ok_or(InvalidCountryCodes)?;
            let is_prefix = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
            if !is_prefix || !(1..=MAX_PREFIX_DIGITS).contains(&digits.len()) {
                return Err(InvalidCountryCodes);
            }
            codes.prefixes.push((prefix.to_owned(), is_allowed));
        }
        Ok(codes)
    }
}

impl CountryCodes {
    /// True if text messages may be sent to the number.
    pub fn allow(&self, number: &PhoneNumber) -> bool {
        let matching = self.prefixes.iter().filter(|(prefix, _)| number.as_str().starts_with(prefix));
        matching.max_by_key(|(prefix, _)| prefix.len()).map_or(self.all, |(_, is_allowed)| *is_allowed)
    }

    /// The rule, as the answer to a number that is not allowed.
    pub fn rule(&self) -> String {
        let allowed: Vec<_> =
            self.prefixes.iter().filter(|(_, is_allowed)| *is_allowed).map(|(code, _)| code.as_str()).collect();
        if allowed.is_empty() && !self.all {
            return "cannot be used: this deployment sends no text messages".to_owned();
        }
        let excluded: Vec<_> =
            self.prefixes.iter().filter(|(_, is_allowed)| !is_allowed).map(|(code, _)| code.as_str()).collect();
        let allowed = if self.all { "any country code".to_owned() } else { allowed.join(", ") };
        let except =
            if excluded.is_empty() { String::new() } else { format!(", but not with {}", excluded.join(", ")) };
        format!("must start with {allowed}{except}: text messages are sent to these countries only")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(list: &str, number: &str) -> bool {
        list.parse::<CountryCodes>().unwrap().allow(&PhoneNumber::parse(number).unwrap())
    }

    #[test]
    fn the_longest_prefix_decides() {
        let list = "+49, +1, !+1876,!+1900";
        for number in ["+4915112345678", "+12125550100"] {
            assert!(allow(list, number), "{number}");
        }
        for number in ["+18765550100", "+19005550100", "+447700900000", "+882161234567"] {
            assert!(!allow(list, number), "{number}");
        }
        assert!(allow("*", "+447700900000") && !allow("*,!+44", "+447700900000"));
        assert!(allow("!+1,+1212", "+12125550100"));
    }

    #[test]
    fn an_empty_list_allows_no_number() {
        assert!(!allow("", "+4915112345678"));
        assert_eq!(CountryCodes::default().rule(), "cannot be used: this deployment sends no text messages");
    }

    #[test]
    fn what_is_no_prefix_is_refused() {
        for text in ["49", "+", "+0", "+4a", "!*", "+49 +1", "+12345678901"] {
            assert_eq!(text.parse::<CountryCodes>(), Err(InvalidCountryCodes), "{text}");
        }
    }

    #[test]
    fn the_rule_names_what_is_allowed() {
        let rule = |list: &str| list.parse::<CountryCodes>().unwrap().rule();
        assert!(rule("+49,+1,!+1876").starts_with("must start with +49, +1, but not with +1876:"));
        assert!(rule("*").starts_with("must start with any country code:"));
    }
}
