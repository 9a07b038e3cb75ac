//! Who buys: a user, or a guest with a key.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::UserId;

/// The SHA-256 of a guest's key. The key itself is never stored; it opens the guest's cart, orders and payments.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GuestKeyHash([u8; 32]);

/// The text is not a SHA-256 in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 hexadecimal digits in lower case")]
pub struct NotAGuestKeyHash;

impl GuestKeyHash {
    /// Returns the hash of a key, as the client sends it.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Parses a hash.
    pub fn parse(text: &str) -> Result<Self, NotAGuestKeyHash> {
        let digits = text.as_bytes();
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        if digits.len() != 64 {
            return Err(NotAGuestKeyHash);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = *pair else { return Err(NotAGuestKeyHash) };
            *byte = digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low).ok_or(NotAGuestKeyHash)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for GuestKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hex(&self.0))
    }
}

impl TryFrom<String> for GuestKeyHash {
    type Error = NotAGuestKeyHash;

    fn try_from(text: String) -> Result<Self, NotAGuestKeyHash> {
        Self::parse(&text)
    }
}

impl From<GuestKeyHash> for String {
    fn from(hash: GuestKeyHash) -> Self {
        hash.to_string()
    }
}

crate::redacted!(GuestKeyHash);

/// Whose a cart, an order or a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuyerId {
    /// A user.
    User(UserId),
    /// The guest who has the key.
    Guest(GuestKeyHash),
}

impl BuyerId {
    /// Returns the user, unless the buyer is a guest.
    pub const fn user_id(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Guest(_) => None,
        }
    }
}

/// `user:<user ID>` or `guest:<hash>`, as a part of a derived ID.
impl fmt::Display for BuyerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user:{user}"),
            Self::Guest(hash) => write!(f, "guest:{hash}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_in_hexadecimal_and_read_again() {
        let hash = GuestKeyHash::of("a");
        let text = hash.to_string();
        assert_eq!(text, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
        assert_eq!(GuestKeyHash::parse(&text), Ok(hash));
        assert_ne!(GuestKeyHash::of("b"), hash);
        for bad in ["", "ca97", &text.to_uppercase(), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(GuestKeyHash::parse(bad), Err(NotAGuestKeyHash), "{bad}");
        }
    }

    #[test]
    fn a_buyer_is_written_and_read_again() {
        let user = UserId::generate();
        for buyer in [BuyerId::User(user), BuyerId::Guest(GuestKeyHash::of("a"))] {
            let text = serde_json::to_string(&buyer).unwrap();
            assert_eq!(serde_json::from_str::<BuyerId>(&text).unwrap(), buyer);
        }
        assert_eq!(BuyerId::User(user).to_string(), format!("user:{user}"));
        assert!(!format!("{:?}", BuyerId::Guest(GuestKeyHash::of("a"))).contains("ca97"));
    }
}
