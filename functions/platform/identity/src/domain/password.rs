//! Passwords: which are accepted, and how they are stored.
//!
//! A password is compared in Unicode normalization form C (NIST SP 800-63B-4, section 3.1.1.2), so one with accents can be
//! typed on every keyboard. Hashes from before that rule were made of the bytes as typed; they match too, and are replaced at
//! the next sign-in.
//!
//! Length and strength decide, not kinds of characters (NIST SP 800-63B-4, section 3.1.1.2; OWASP ASVS 5.0, 6.2).
//! Hashes are argon2id with the first parameters that OWASP's password storage cheat sheet names.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;

/// The fewest characters.
const MIN_CHARS: usize = 8;
/// The most characters. Longer ones are refused and never cut: argon2 reads all of it.
const MAX_CHARS: usize = 128;
/// zxcvbn's score, 0 to 4: 3 withstands an offline attack on a slow hash.
const MIN_SCORE: u8 = 3;
/// zxcvbn's time grows with the square of the length; what follows adds no weakness.
const MAX_SCORED_CHARS: usize = 72;
/// zxcvbn multiplies by the factorial of the number of patterns, which overflows 64 bits beyond 20 patterns.
const SCORED_WINDOW_CHARS: usize = 20;
/// Distance of two windows.
const SCORED_WINDOW_STEP: usize = 10;
/// Minimum length of a name or address that is not counted where a password contains it.
const MIN_KNOWN_CHARS: usize = 4;

/// The cost of hashing a password with argon2id. A hash names the cost that it was made with, so a change of it locks no user
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

/// Result of comparing a password with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Another password.
    No,
    /// The same password.
    Yes,
    /// The same password; the hash was made of another form of the text and should be replaced.
    Outdated,
}

impl Match {
    /// Whether the passwords are the same.
    pub fn is_match(self) -> bool {
        self != Self::No
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

    /// An error unless it may be a new password of a user whose name and address are `known`.
    pub fn check(&self, known: &[&str]) -> Result<(), WeakPassword> {
        let text = self.normalized();
        let chars = text.chars().count();
        if chars < MIN_CHARS {
            return Err(WeakPassword::TooShort);
        }
        if chars > MAX_CHARS {
            return Err(WeakPassword::TooLong);
        }
        if is_strong(&text, known) { Ok(()) } else { Err(WeakPassword::Guessable) }
    }

    fn normalized(&self) -> String {
        self.0.nfc().collect()
    }

    /// The forms of the text that a hash may be of, the current one first.
    fn forms(&self) -> Vec<String> {
        let mut forms = vec![self.normalized()];
        for form in [self.0.clone(), self.0.nfd().collect()] {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        forms
    }

    /// Its hash with this salt, at this cost.
    pub fn hash(&self, salt: &Salt, cost: HashingCost) -> Result<PasswordHashText, HashError> {
        let hash = cost.argon2()?.hash_password_with_salt(self.normalized().as_bytes(), salt);
        Ok(PasswordHashText(hash.map_err(|error| HashError(error.to_string()))?.to_string()))
    }

    /// Compares the password with a hash, at the cost that the hash names.
    pub fn matches(&self, hash: &PasswordHashText) -> Result<Match, HashError> {
        let parsed = PasswordHash::new(&hash.0).map_err(|error| HashError(error.to_string()))?;
        let argon2 = HashingCost::PRODUCTION.argon2()?;
        let found = self.forms().iter().position(|form| argon2.verify_password(form.as_bytes(), &parsed).is_ok());
        Ok(match found {
            None => Match::No,
            Some(0) => Match::Yes,
            Some(_) => Match::Outdated,
        })
    }

    /// Takes the time of [`Self::matches`] where there is no account, so that the time of the response reveals nothing.
    pub fn matches_nobody(&self, cost: HashingCost) -> Result<(), HashError> {
        self.forms().iter().try_for_each(|_| self.hash(&[0; 16], cost).map(drop))
    }
}

/// Whether a part of the text withstands guessing: guessing the whole is never easier. Occurrences of `known` and
/// repetitions of the whole count for nothing.
fn is_strong(text: &str, known: &[&str]) -> bool {
    let scored: Vec<char> = without(text, known).chars().take(MAX_SCORED_CHARS).collect();
    let scored = unit(&scored);
    (0..scored.len()).step_by(SCORED_WINDOW_STEP).any(|start| {
        let window: String = scored[start..].iter().take(SCORED_WINDOW_CHARS).collect();
        u8::from(zxcvbn::zxcvbn(&window, known).score()) >= MIN_SCORE
    })
}

/// What a text repeats from its start to its end, or all of it. A window that starts within a repeated word would not be
/// recognised as words.
fn unit(text: &[char]) -> &[char] {
    let period =
        (1..=text.len() / 2).find(|period| text.iter().zip(&text[*period..]).all(|(char, later)| char == later));
    period.map_or(text, |period| &text[..period])
}

fn without(text: &str, known: &[&str]) -> String {
    let mut text = text.to_owned();
    for word in known.iter().filter(|word| word.chars().count() >= MIN_KNOWN_CHARS) {
        let (lower, word) = (text.to_lowercase(), word.to_lowercase());
        if lower.contains(&word) {
            text = lower.replace(&word, "");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw_hash(text: &str) -> PasswordHashText {
        let hash = HashingCost::FOR_TESTS.argon2().unwrap().hash_password_with_salt(text.as_bytes(), &[3; 16]).unwrap();
        PasswordHashText(hash.to_string())
    }

    proptest! {
        /// https://github.com/shssoichiro/zxcvbn-rs computes factorials without a bound.
        #[test]
        fn no_password_makes_the_estimate_overflow(
            password in prop_oneof![
                ("[a-z0-9]{1,8}", 1_usize..40).prop_map(|(unit, times)| unit.repeat(times)),
                ("(19|20)[0-9]{2}", 1_usize..20).prop_map(|(unit, times)| unit.repeat(times)),
                "[a-f0-3 ]{8,128}",
                ".{8,128}",
            ],
        ) {
            let refused = Password::new(password.clone()).check(&["ann@example.com", "Ann"]);
            prop_assert!(matches!(refused, Ok(()) | Err(_)), "{password}");
        }
    }

    #[test]
    fn a_year_repeated_is_refused_and_does_not_overflow() {
        for year in ["2024", "2025", "2026", "2027"] {
            for times in [2, 8, 16, 32] {
                assert_eq!(
                    Password::new(year.repeat(times)).check(&[]),
                    Err(WeakPassword::Guessable),
                    "{year} {times}"
                );
            }
        }
    }

    #[test]
    fn repetitions_add_no_strength() {
        for weak in ["1900", "1999", "2000", "password", "correcthorse", "Ab1!"] {
            for times in 2..=128 / weak.len() {
                let cut = format!("{}{}", weak.repeat(times), &weak[..2]);
                for text in [weak.repeat(times), cut] {
                    assert_ne!(Password::new(&text).check(&[]), Ok(()), "{text}");
                }
            }
        }
        assert_eq!(Password::new("correct horse battery staple ".repeat(4)).check(&[]), Ok(()));
    }

    /// https://github.com/ulsklyc/yuvomi/issues/608
    #[test]
    fn a_password_with_accents_works_from_every_keyboard() {
        let (composed, decomposed) = ("mañana über Straße grün", "man\u{303}ana u\u{308}ber Straße gru\u{308}n");
        let hash = Password::new(decomposed).hash(&[1; 16], HashingCost::FOR_TESTS).unwrap();
        for typed in [composed, decomposed] {
            assert_eq!(Password::new(typed).matches(&hash).unwrap(), Match::Yes, "{typed}");
            assert_eq!(Password::new(typed).check(&[]), Ok(()));
        }
        assert_eq!(Password::new("manana uber Strasse grun").matches(&hash).unwrap(), Match::No);
        // Hashes from before normalization are of the bytes as typed.
        for stored in [decomposed, composed] {
            for typed in [composed, decomposed] {
                let expected = if stored == composed { Match::Yes } else { Match::Outdated };
                assert_eq!(Password::new(typed).matches(&raw_hash(stored)).unwrap(), expected, "{stored} {typed}");
            }
        }
    }

    #[test]
    fn name_and_address_add_no_strength() {
        let known = ["a.rather.long.address.of.ann@example.com", "Annabelle Winter"];
        for weak in [known[0], "Annabelle WinterAnnabelle Winter", "annabelle winter 2026"] {
            assert_eq!(Password::new(weak).check(&known), Err(WeakPassword::Guessable), "{weak}");
        }
    }

    #[test]
    fn the_right_password_matches_and_others_do_not() {
        let hash = Password::new("correct horse battery staple").hash(&[7; 16], HashingCost::PRODUCTION).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert_eq!(Password::new("correct horse battery staple").matches(&hash).unwrap(), Match::Yes);
        assert_eq!(Password::new("correct horse battery stapl").matches(&hash).unwrap(), Match::No);
    }

    #[test]
    fn a_hash_of_another_cost_matches_too() {
        let hash = Password::new("correct horse battery staple").hash(&[7; 16], HashingCost::FOR_TESTS).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", hash.0);
        assert_eq!(Password::new("correct horse battery staple").matches(&hash).unwrap(), Match::Yes);
        assert_eq!(Password::new("correct horse battery stapl").matches(&hash).unwrap(), Match::No);
    }

    #[test]
    fn all_of_a_long_password_counts() {
        let long = "ünïcode ".repeat(16);
        let hash = Password::new(long.trim_end()).hash(&[1; 16], HashingCost::PRODUCTION).unwrap();
        let other = long.trim_end().replace("ünïcode ünïcode", "ünïcode unicode");
        for other in [other.as_str(), &long.trim_end()[..72]] {
            assert_eq!(Password::new(other).matches(&hash).unwrap(), Match::No);
        }
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
