//! Secrets of calendar links: what a link contains, and what is kept of it.
//!
//! A secret is 32 random bytes, so its plain SHA-256 cannot be searched for and needs no salt. The text names the aquarium, whose
//! access has the hashes of all members; it does not name the member.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use types::{AquariumId, Uuid};

/// The ID of the aquarium: in hexadecimal without hyphens.
const ID_CHARS: usize = 32;
const SECRET_BYTES: usize = 32;
/// How the names of feeds end. Some programs look at it.
const SUFFIX: &str = ".ics";

/// The secret of a calendar link: `<aquarium id>_<secret>`.
#[derive(Clone)]
pub struct CalendarToken {
    aquarium_id: AquariumId,
    secret: [u8; SECRET_BYTES],
}

types::redacted!(CalendarToken);

/// The text is no name of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the name of a feed")]
pub struct NotAFeed;

/// A member's calendar link, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarLink {
    /// SHA-256 of the secret, in hexadecimal.
    hash: String,
    /// Time of creation.
    pub created_at: Timestamp,
}

impl CalendarToken {
    /// A token of 32 random bytes.
    pub const fn new(aquarium_id: AquariumId, random: [u8; SECRET_BYTES]) -> Self {
        Self { aquarium_id, secret: random }
    }

    /// The aquarium, by what the token says.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// The name of the feed, with the token in it.
    pub fn file_name(&self) -> String {
        format!("{}_{}{SUFFIX}", self.aquarium_id.uuid().simple(), URL_SAFE_NO_PAD.encode(self.secret))
    }

    /// Reads the name of a feed.
    pub fn read(file_name: &str) -> Result<Self, NotAFeed> {
        let text = file_name.strip_suffix(SUFFIX).ok_or(NotAFeed)?;
        let (id, secret) = text.split_at_checked(ID_CHARS).ok_or(NotAFeed)?;
        let id = Uuid::try_parse(id).map_err(|_| NotAFeed)?;
        let secret = URL_SAFE_NO_PAD.decode(secret.strip_prefix('_').ok_or(NotAFeed)?).map_err(|_| NotAFeed)?;
        Ok(Self::new(AquariumId::new(id), secret.try_into().map_err(|_| NotAFeed)?))
    }

    fn hash(&self) -> String {
        types::hex(&Sha256::digest(self.secret))
    }
}

impl CalendarLink {
    /// The link with a token.
    pub fn new(token: &CalendarToken, now: Timestamp) -> Self {
        Self { hash: token.hash(), created_at: now }
    }

    /// True for the link with this token, in constant time.
    pub fn is_of(&self, token: &CalendarToken) -> bool {
        bool::from(self.hash.as_bytes().ct_eq(token.hash().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_come_back_as_the_token(aquarium: u128, secret: [u8; 32], other: [u8; 32]) {
            let aquarium = AquariumId::new(Uuid::from_u128(aquarium));
            let token = CalendarToken::new(aquarium, secret);
            let read = CalendarToken::read(&token.file_name()).unwrap();
            prop_assert_eq!((read.aquarium_id, read.secret), (aquarium, secret));
            let link = CalendarLink::new(&token, Timestamp::UNIX_EPOCH);
            prop_assert!(link.is_of(&read));
            prop_assert_eq!(link.is_of(&CalendarToken::new(aquarium, other)), secret == other);
        }
    }

    #[test]
    fn nothing_else_is_a_name_and_debug_shows_none() {
        let token = CalendarToken::new(AquariumId::new(Uuid::from_u128(1)), [7; 32]);
        let name = token.file_name();
        let bad =
            ["", ".ics", "é.ics", &name[1..], &name[..name.len() - 1], &name.replace('_', "-"), &format!("a{name}")];
        for bad in bad {
            assert!(CalendarToken::read(bad).is_err(), "{bad}");
        }
        assert!(!format!("{token:?}").contains("07"));
    }
}
