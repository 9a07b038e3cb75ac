//! Passwords: which are accepted, and how they are kept.
//!
//! Length and strength decide, not kinds of characters (NIST SP 800-63B-4, section 3.1.1.2; OWASP ASVS 5.0, 6.2).
//! Hashes are argon2id with the first parameters that OWASP's password storage cheat sheet names.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

/// The fewest characters.
const MIN_CHARS: usize = 8;
/// The most characters. Longer ones are refused and never cut: argon2 reads all of it.
const MAX_CHARS: usize = 128;
/// zxcvbn's score, 0 to 4: 3 withstands an offline attack on a slow hash.
const MIN_SCORE: u8 = 3;
/// zxcvbn's time grows with the square of the length; what follows adds no weakness.
const MAX_SCORED_CHARS: usize = 72;

/// The cost of hashing a password with argon2id. A hash names the cost that it was made with, so a change of it locks nobody
/// out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl HashingCost {
    /// The cost that every deployment has.
    pub const PRODUCTION: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

    /// The lowest cost that argon2 accepts, for tests that hash thousands of passwords. It protects nothing.
    pub const FOR_TESTS: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    fn argon2(self) -> Result<Argon2<'static>, HashError> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None);
        let params = params.map_err(|error| HashError(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// A password as it was typed. Its `Debug` shows nothing.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(redacted)")
    }
}

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Under the bound.
    #[error("must have at least {MIN_CHARS} characters")]
    TooShort,
    /// Over the bound.
    #[error("must have at most {MAX_CHARS} characters")]
    TooLong,
    /// Among the first that an attacker would try.
    #[error("is too easy to guess; use several unrelated words")]
    Guessable,
}

/// A hash could not be made or read: the parameters are constants, so the stored text is broken.
#[derive(Debug, thiserror::Error)]
#[error("password hash: {0}")]
pub struct HashError(String);

/// A salted hash, as a PHC string.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PasswordHashText(String);

impl std::fmt::Debug for PasswordHashText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHashText(redacted)")
    }
}

impl PasswordHashText {
    /// The PHC string.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// 16 random bytes.
pub type Salt = [u8; 16];

impl Password {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// An error unless it may be a new password of somebody whose name and address are `known`.
    pub fn check(&self, known: &[&str]) -> Result<(), WeakPassword> {
        let chars = self.0.chars().count();
        if chars < MIN_CHARS {
            return Err(WeakPassword::TooShort);
        }
        if chars > MAX_CHARS {
            return Err(WeakPassword::TooLong);
        }
        let scored: String = self.0.chars().take(MAX_SCORED_CHARS).collect();
        if u8::from(zxcvbn::zxcvbn(&scored, known).score()) < MIN_SCORE { Err(WeakPassword::Guessable) } else { Ok(()) }
    }

    /// Its hash with this salt, at this cost.
    pub fn hash(&self, salt: &Salt, cost: HashingCost) -> Result<PasswordHashText, HashError> {
        let hash = cost.argon2()?.hash_password_with_salt(self.0.as_bytes(), salt);
        Ok(PasswordHashText(hash.map_err(|error| HashError(error.to_string()))?.to_string()))
    }

    /// True if this is the password that was hashed; at the cost that the hash names.
    pub fn matches(&self, hash: &PasswordHashText) -> Result<bool, HashError> {
        let parsed = PasswordHash::new(&hash.0).map_err(|error| HashError(error.to_string()))?;
        Ok(HashingCost::PRODUCTION.argon2()?.verify_password(self.0.as_bytes(), &parsed).is_ok())
    }

    /// Takes the time of [`Self::matches`] where there is no account, so that the answer's time tells nothing.
    pub fn matches_nobody(&self, cost: HashingCost) -> Result<(), HashError> {
        self.hash(&[0; 16], cost).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_matches_and_others_do_not() {
        let hash = Password::new("correct horse battery staple").hash(&[7; 16], HashingCost::PRODUCTION).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(Password::new("correct horse battery staple").matches(&hash).unwrap());
        assert!(!Password::new("correct horse battery stapl").matches(&hash).unwrap());
    }

    #[test]
    fn a_hash_of_another_cost_matches_too() {
        let hash = Password::new("correct horse battery staple").hash(&[7; 16], HashingCost::FOR_TESTS).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", hash.0);
        assert!(Password::new("correct horse battery staple").matches(&hash).unwrap());
        assert!(!Password::new("correct horse battery stapl").matches(&hash).unwrap());
    }

    #[test]
    fn all_of_a_long_password_counts() {
        let long = "ünïcode ".repeat(16);
        let hash = Password::new(long.trim_end()).hash(&[1; 16], HashingCost::PRODUCTION).unwrap();
        assert!(!Password::new(long.trim_end().replace("ünïcode ünïcode", "ünïcode unicode")).matches(&hash).unwrap());
        assert!(!Password::new(&long.trim_end()[..72]).matches(&hash).unwrap());
    }

    #[test]
    fn weak_ones_are_refused_for_what_is_weak() {
        assert_eq!(Password::new("Tr0ub4d").check(&[]), Err(WeakPassword::TooShort));
        assert_eq!(Password::new("a".repeat(129)).check(&[]), Err(WeakPassword::TooLong));
        assert_eq!(Password::new("password123").check(&[]), Err(WeakPassword::Guessable));
        assert_eq!(Password::new("annabellewinter").check(&["annabellewinter"]), Err(WeakPassword::Guessable));
        assert_eq!(Password::new("correct horse battery staple").check(&[]), Ok(()));
    }
}
