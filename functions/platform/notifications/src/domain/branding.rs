//! The product's appearance in e-mails and pages: name, logo, colour.

use std::fmt;
use std::str::FromStr;

/// The longest product name, in characters.
const MAX_NAME_CHARS: usize = 60;
/// Colours brighter than this get dark text on them (0 to 255, weighted as the eye sees red, green and blue).
const BRIGHT: u32 = 160;

/// The product's appearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branding {
    /// The product's name.
    pub name: ProductName,
    /// The logo shown at the top of e-mails; without one, the name is shown.
    pub logo_url: Option<LogoUrl>,
    /// The colour of buttons.
    pub colour: Colour,
}

/// A product name: 1 to 60 printable characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductName(String);

/// An image's address: `https`, without quotes or spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoUrl(String);

/// A colour in the notation `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// A branding value is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBranding {
    /// The name is empty, too long, or has control characters.
    #[error("must have 1 to {MAX_NAME_CHARS} characters on one line")]
    Name,
    /// The logo's address is not an `https` URL.
    #[error("must be a URL that starts with https:// and has no spaces or quotes")]
    LogoUrl,
    /// The colour has another notation.
    #[error("must be a colour like #0b7285")]
    Colour,
}

impl FromStr for ProductName {
    type Err = InvalidBranding;

    fn from_str(text: &str) -> Result<Self, InvalidBranding> {
        let text = text.trim();
        let fits = (1..=MAX_NAME_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidBranding::Name) }
    }
}

impl ProductName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogoUrl {
    type Err = InvalidBranding;

    fn from_str(text: &str) -> Result<Self, InvalidBranding> {
        let host = text.strip_prefix("https://").unwrap_or_default();
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>'));
        if is_plain && !host.is_empty() && !host.starts_with('/') {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidBranding::LogoUrl)
        }
    }
}

impl LogoUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Colour {
    type Err = InvalidBranding;

    fn from_str(text: &str) -> Result<Self, InvalidBranding> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let digits = digits.ok_or(InvalidBranding::Colour)?;
        let part = |from: usize| {
            let pair = &digits[from..from + 2];
            let is_hex = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
            u8::from_str_radix(pair, 16).ok().filter(|_| is_hex).ok_or(InvalidBranding::Colour)
        };
        Ok(Self { red: part(0)?, green: part(2)?, blue: part(4)? })
    }
}

impl Colour {
    /// The colour of readable text on this one: white, or nearly black.
    #[must_use]
    pub fn text(self) -> Self {
        let weighted = 299 * u32::from(self.red) + 587 * u32::from(self.green) + 114 * u32::from(self.blue);
        if weighted / 1000 > BRIGHT {
            Self { red: 0x1f, green: 0x29, blue: 0x33 }
        } else {
            Self { red: 255, green: 255, blue: 255 }
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!("#0B7285".parse::<Colour>().unwrap().to_string(), "#0b7285");
        for wrong in ["", "red", "0b7285", "#0b728", "#0b72855", "#0b728g", "#+1+2+3", "#äöü", "#0b7285;color:red"] {
            assert_eq!(wrong.parse::<Colour>(), Err(InvalidBranding::Colour), "{wrong}");
        }
    }

    #[test]
    fn text_on_a_colour_contrasts_with_it() {
        let text = |colour: &str| colour.parse::<Colour>().unwrap().text().to_string();
        assert_eq!((text("#0b7285"), text("#000000")), ("#ffffff".to_owned(), "#ffffff".to_owned()));
        assert_eq!((text("#ffd43b"), text("#ffffff")), ("#1f2933".to_owned(), "#1f2933".to_owned()));
    }

    #[test]
    fn names_are_one_line_and_logos_are_https() {
        assert_eq!(" Street Cats ".parse::<ProductName>().unwrap().as_str(), "Street Cats");
        for wrong in ["", "  ", "a\r\nBcc: b", &"x".repeat(61)] {
            assert!(wrong.parse::<ProductName>().is_err(), "{wrong}");
        }
        assert!("https://cdn.example/logo.png".parse::<LogoUrl>().is_ok());
        for wrong in ["http://cdn.example/l.png", "https://", "https:///x", "javascript:1", "https://a/\" onload=\"x"] {
            assert!(wrong.parse::<LogoUrl>().is_err(), "{wrong}");
        }
    }
}
