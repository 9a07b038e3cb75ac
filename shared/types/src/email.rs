//! E-mail addresses.

use std::fmt;

use sha2::{Digest, Sha256};

/// Maximum length of an SMTP address in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const MAX_ADDRESS_CHARS: usize = 254;

/// A syntactically valid e-mail address in lower case.
///
/// Addresses that differ in letter case only are one account: RFC 5321 lets a host distinguish them, but no common host
/// does. `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Reason why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Invalid syntax (RFC 5321), or a domain without a dot.
    #[error("is not a valid e-mail address")]
    Malformed,
    /// Longer than SMTP allows.
    #[error("is longer than 254 characters")]
    TooLong,
}

impl EmailAddress {
    /// Parses an address. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.chars().count() > MAX_ADDRESS_CHARS {
            return Err(EmailError::TooLong);
        }
        let options =
            email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
        email_address::EmailAddress::parse_with_options(text, options).map_err(|_| EmailError::Malformed)?;
        Ok(Self(text.to_lowercase()))
    }

    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the SHA-256 of the address in hexadecimal, for keys, which must not contain personal data.
    pub fn fingerprint(&self) -> String {
        crate::hex(&Sha256::digest(&self.0))
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(redacted)")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        Self::parse(text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_space_do_not_make_another_address() {
        assert_eq!(EmailAddress::parse(" Ann@Example.COM "), EmailAddress::parse("ann@example.com"));
    }

    #[test]
    fn bad_addresses_are_refused() {
        for bad in [
            "",
            "ann",
            "ann@",
            "@example.com",
            "ann@localhost",
            "a b@example.com",
            "Ann <ann@example.com>",
            "a@[127.0.0.1]",
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(EmailError::Malformed), "{bad}");
        }
        let long = format!("a@{}.com", "b".repeat(260));
        assert_eq!(EmailAddress::parse(&long), Err(EmailError::TooLong));
    }

    #[test]
    fn debug_shows_nothing() {
        assert!(!format!("{:?}", EmailAddress::parse("ann@example.com").unwrap()).contains("ann"));
    }
}
