//! Recovery codes: for those who lost their authenticator app. Each works once.
//!
//! The table holds an HMAC of each under a server key: who reads the table alone can try no code, though a code has 50
//! bits only.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use types::UserId;

use super::key_set::{KeyId, KeySet, UnknownKey};

/// How many codes an account gets.
pub const CODES: usize = 10;
/// How many characters a code has: 5 bits each.
pub const CODE_CHARS: usize = 10;
/// RFC 4648, section 6: letters and digits that are not taken for each other.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// How many bytes of the HMAC are kept.
const HASH_BYTES: usize = 16;

/// A code, without the dash. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; CODE_CHARS]);

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(redacted)")
    }
}

/// What the table holds of a code, in hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct RecoveryHash(String);

impl std::fmt::Debug for RecoveryHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryHash(redacted)")
    }
}

/// The server's key of recovery codes. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct RecoveryKey([u8; 32]);

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey(redacted)")
    }
}

impl RecoveryCode {
    /// Codes of random bytes: five bits of each byte are used, all letters are equally likely.
    pub fn from_random(random: &[u8; CODES * CODE_CHARS]) -> [Self; CODES] {
        let letter = |byte: u8| ALPHABET[usize::from(byte % 32)];
        std::array::from_fn(|code| Self(std::array::from_fn(|char| letter(random[code * CODE_CHARS + char]))))
    }

    /// Reads what a user typed: letter case, dashes and spaces do not count.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')).map(|byte| byte.to_ascii_uppercase());
        let letters: Vec<u8> = typed.take(CODE_CHARS + 1).collect();
        let known = letters.iter().all(|letter| ALPHABET.contains(letter));
        letters.try_into().ok().filter(|_| known).map(Self)
    }

    /// What the user keeps: two groups of five.
    pub fn text(&self) -> String {
        let text: String = self.0.iter().copied().map(char::from).collect();
        let (first, second) = text.split_at(CODE_CHARS / 2);
        format!("{first}-{second}")
    }
}

impl RecoveryKey {
    /// Wraps 32 secret bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, user_id: UserId, code: &RecoveryCode) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
        mac.update(user_id.uuid().as_bytes());
        mac.update(&code.0);
        mac.finalize().into_bytes().into()
    }

    /// What the table holds of a user's code.
    fn hash(&self, user_id: UserId, code: &RecoveryCode) -> RecoveryHash {
        RecoveryHash(types::hex(&self.mac(user_id, code)[..HASH_BYTES]))
    }
}

/// What the table holds of all codes of a user: hashes that one key made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryHashes {
    key: KeyId,
    hashes: Vec<RecoveryHash>,
}

impl RecoveryHashes {
    /// Hashes a user's codes with the active key.
    pub fn new(user_id: UserId, codes: &[RecoveryCode], keys: &KeySet<RecoveryKey>) -> Self {
        let (id, key) = keys.active();
        Self { key: id, hashes: codes.iter().map(|code| key.hash(user_id, code)).collect() }
    }

    /// True if all codes were used.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Uses up a code: true if it was there.
    pub fn take(
        &mut self,
        user_id: UserId,
        code: &RecoveryCode,
        keys: &KeySet<RecoveryKey>,
    ) -> Result<bool, UnknownKey> {
        let hash = keys.get(self.key)?.hash(user_id, code);
        Ok(hash.take_from(&mut self.hashes))
    }
}

impl RecoveryHash {
    /// Takes this one out of `hashes`. True if it was there; the time tells nothing of where.
    fn take_from(&self, hashes: &mut Vec<Self>) -> bool {
        let before = hashes.len();
        hashes.retain(|hash| !bool::from(hash.0.as_bytes().ct_eq(self.0.as_bytes())));
        hashes.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use types::Uuid;

    const KEY: RecoveryKey = RecoveryKey::new([4; 32]);

    fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    fn random() -> impl Strategy<Value = [u8; 100]> {
        proptest::collection::vec(any::<u8>(), 100).prop_map(|bytes| bytes.try_into().unwrap())
    }

    proptest! {
        #[test]
        fn codes_are_read_however_they_are_typed(random in random()) {
            for code in RecoveryCode::from_random(&random) {
                let text = code.text();
                prop_assert_eq!(text.len(), 11);
                prop_assert_eq!(RecoveryCode::parse(&text), Some(code.clone()));
                prop_assert_eq!(RecoveryCode::parse(&text.to_lowercase().replace('-', " ")), Some(code));
                prop_assert_eq!(RecoveryCode::parse(&text[1..]), None);
                prop_assert_eq!(RecoveryCode::parse(&format!("{text}A")), None);
            }
        }

        #[test]
        fn each_code_is_taken_once(random in random(), order in proptest::collection::vec(0_usize..CODES, 0..40)) {
            let codes = RecoveryCode::from_random(&random);
            let keys = KeySet::single(KeyId::new(1), KEY);
            let mut left = RecoveryHashes::new(user(1), &codes, &keys);
            let mut used: Vec<&RecoveryCode> = Vec::new();
            for at in order {
                let taken = left.take(user(1), &codes[at], &keys).unwrap();
                prop_assert_eq!(taken, !used.contains(&&codes[at]));
                used.push(&codes[at]);
            }
        }

        #[test]
        fn hashes_depend_on_user_code_and_key(random in random()) {
            let [code, other, ..] = RecoveryCode::from_random(&random);
            prop_assume!(code != other);
            prop_assert_ne!(KEY.hash(user(1), &code), KEY.hash(user(2), &code));
            prop_assert_ne!(KEY.hash(user(1), &code), KEY.hash(user(1), &other));
            prop_assert_ne!(KEY.hash(user(1), &code), RecoveryKey::new([5; 32]).hash(user(1), &code));
        }
    }

    #[test]
    fn codes_are_checked_with_the_key_that_hashed_them() {
        let (first, second) = (KeyId::new(1), KeyId::new(2));
        let codes = RecoveryCode::from_random(&[7; CODES * CODE_CHARS]);
        let old = KeySet::single(first, KEY);
        let both = KeySet::new(second, [(first, KEY), (second, RecoveryKey::new([5; 32]))].into()).unwrap();
        let mut hashes = RecoveryHashes::new(user(1), &codes[..1], &old);
        let mut newer = RecoveryHashes::new(user(1), &codes[..1], &both);
        assert_ne!(hashes, newer);
        assert_eq!(newer.take(user(1), &codes[0], &old), Err(UnknownKey(second)));
        assert_eq!(
            (hashes.take(user(1), &codes[0], &both), newer.take(user(1), &codes[0], &both)),
            (Ok(true), Ok(true))
        );
        assert!(hashes.is_empty() && newer.is_empty());
    }

    #[test]
    fn what_is_no_code_is_not_read() {
        for bad in ["", "123456", "ABCDE-FGHI0", "ABCDE-FGHI1", "ÄBCDE-FGHIJ", "ABCDE_FGHIJ"] {
            assert_eq!(RecoveryCode::parse(bad), None, "{bad}");
        }
    }
}
