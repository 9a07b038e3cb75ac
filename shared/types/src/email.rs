//! E-mail addresses.

use sha2::{Digest, Sha256};

/// Maximum length of an SMTP address in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const MAX_ADDRESS_CHARS: usize = 254;
/// Maximum length of the part before the @ in characters (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_CHARS: usize = 64;
/// Maximum length of the input in bytes: a domain of this many bytes is longer than DNS allows in every encoding.
const MAX_INPUT_BYTES: usize = 1024;

/// An e-mail address in canonical form: ASCII, lower case, the domain as DNS has it (IDNA, RFC 5891).
///
/// Spellings of one mailbox are one address: letter case (RFC 5321 lets a host distinguish it, but no common host does),
/// and Unicode and ASCII forms of a domain. The canonical form is what is validated, stored, compared and mailed, so
/// parsing it again returns the same. `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Reason why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Invalid syntax (RFC 5321), a domain that DNS cannot have, one without a dot, or a network address.
    #[error("is not a valid e-mail address")]
    Malformed,
    /// The part before the @ is not ASCII. SES does not deliver to such addresses.
    #[error("must have only ASCII characters before the @, because e-mail cannot be delivered to other addresses")]
    LocalPartNotAscii,
    /// Longer than SMTP allows.
    #[error("must have at most {MAX_ADDRESS_CHARS} characters, at most {MAX_LOCAL_CHARS} of them before the @")]
    TooLong,
}

impl EmailAddress {
    /// Parses an address. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > MAX_INPUT_BYTES {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Malformed)?;
        let address = format!("{}@{}", canonical_local(local)?, canonical_domain(domain)?);
        if address.len() > MAX_ADDRESS_CHARS { Err(EmailError::TooLong) } else { Ok(Self(address)) }
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

/// Dot-atoms only (RFC 5322, section 3.2.3): no common host has mailboxes with quoted names.
fn canonical_local(local: &str) -> Result<String, EmailError> {
    if !local.is_ascii() {
        return Err(EmailError::LocalPartNotAscii);
    }
    if local.len() > MAX_LOCAL_CHARS {
        return Err(EmailError::TooLong);
    }
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    if local.split('.').all(is_atom) { Ok(local.to_ascii_lowercase()) } else { Err(EmailError::Malformed) }
}

/// Letters, digits and hyphens after UTS 46, at least two labels, and not a network address, whose last label is a number.
fn canonical_domain(domain: &str) -> Result<String, EmailError> {
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Malformed)?;
    let (_, top_level) = domain.rsplit_once('.').ok_or(EmailError::Malformed)?;
    if top_level.bytes().all(|byte| byte.is_ascii_digit()) { Err(EmailError::Malformed) } else { Ok(domain) }
}

::text::redacted!(EmailAddress);

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
    use proptest::prelude::*;

    use super::*;

    /// Texts near an address: what becomes longer or shorter in lower case, under NFC or as punycode is frequent.
    fn near_addresses() -> impl Strategy<Value = String> {
        let char = || {
            prop_oneof![
                4 => proptest::char::range('a', 'z'),
                1 => proptest::sample::select(vec!['.', '-', '_', '+', '"', ' ', '@', 'A', '1', '\u{130}', '\u{307}', 'ß',
                    'ẞ', 'ｘ', '\u{301}', 'é', 'ſ', 'K', '。', '\u{200d}', '\u{ad}', 'ﬃ', 'Ⱥ', '\u{fdfa}']),
                1 => any::<char>(),
            ]
        };
        let part = move |max| {
            proptest::collection::vec(char(), 0..max).prop_map(|chars| chars.into_iter().collect::<String>())
        };
        (part(80), part(120), part(8)).prop_map(|(local, domain, end)| format!("{local}@{domain}.{end}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn the_canonical_form_of_an_address_is_its_own_canonical_form(text in prop_oneof![near_addresses(), any::<String>()]) {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert!(address.as_str().is_ascii() && address.as_str().len() <= MAX_ADDRESS_CHARS);
                let stored = serde_json::to_string(&address).unwrap();
                prop_assert_eq!(serde_json::from_str::<EmailAddress>(&stored).unwrap(), address);
            }
        }
    }

    #[test]
    fn spellings_of_one_mailbox_are_one_address() {
        for (spelling, canonical) in [
            (" Ann@Example.COM ", "ann@example.com"),
            // https://github.com/flora-pm/flora-server/issues/561
            ("ann@bücher-x.example", "ann@xn--bcher-x-n2a.example"),
            ("ann@xn--bcher-x-n2a.example", "ann@xn--bcher-x-n2a.example"),
            ("ann@bücher-ｘ.example", "ann@xn--bcher-x-n2a.example"),
            ("ann@bu\u{308}cher-x.example", "ann@xn--bcher-x-n2a.example"),
            ("ann+tag@straße.example", "ann+tag@xn--strae-oqa.example"),
        ] {
            assert_eq!(EmailAddress::parse(spelling).map(String::from).as_deref(), Ok(canonical), "{spelling}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ann",
            "ann@",
            "@example.com",
            "ann@localhost",
            "a b@example.com",
            "Ann <ann@example.com>",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@123.456",
            "a@exa_mple.com",
            "a@-example.com",
            "a@example..com",
            "a@example.com.",
            "a..b@example.com",
            ".a@example.com",
            "\"a b\"@example.com",
            "a@b@example.com",
            "a@xn--a.example",
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(EmailError::Malformed), "{bad}");
        }
        for long in [format!("a@{}.com", "b".repeat(2_000)), format!("{}@example.com", "a".repeat(65))] {
            assert_eq!(EmailAddress::parse(&long), Err(EmailError::TooLong), "{long}");
        }
    }

    #[test]
    fn what_cannot_be_mailed_is_refused_with_its_reason() {
        for bad in ["dån@example.com", "\u{130}x@example.com", "zoe\u{308}@example.com"] {
            assert_eq!(EmailAddress::parse(bad), Err(EmailError::LocalPartNotAscii), "{bad}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert!(!format!("{:?}", EmailAddress::parse("ann@example.com").unwrap()).contains("ann"));
    }
}
