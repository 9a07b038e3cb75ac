//! An authenticator app.

use jiff::{SignedDuration, Timestamp};
use totp_rs::{Builder, Secret, Totp};

/// How long a code is shown.
const STEP: SignedDuration = SignedDuration::from_secs(30);

/// An app that was set up with a secret.
#[derive(Debug)]
pub struct Authenticator(Totp);

impl Authenticator {
    /// Types a secret into the app.
    pub fn new(base32: &str) -> Self {
        let secret = Secret::try_from_base32(base32).expect("a secret in base32");
        Self(Builder::new().with_secret(secret).build().expect("a secret of 20 bytes"))
    }

    /// What it shows.
    pub fn code(&self, at: Timestamp) -> String {
        self.0.generate(u64::try_from(at.as_second()).expect("a time after 1970")).to_string()
    }

    /// What it shows one step later, which a server accepts now too.
    pub fn next_code(&self, at: Timestamp) -> String {
        self.code(at + STEP)
    }

    /// Six digits that it shows at no time near this.
    pub fn wrong_code(&self, at: Timestamp) -> String {
        let near: Vec<_> = (-3..=3).map(|steps| self.code(at + STEP * steps)).collect();
        (0..10).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).expect("seven codes are near")
    }
}
