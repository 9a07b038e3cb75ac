//! Failed sign-ins: how many are too many.
//!
//! Three counters, each over a window of its own:
//! - one network address at one account: a person who mistypes, or a simple attack;
//! - one network address at all accounts: an attack that tries a few passwords on many accounts;
//! - one account from everywhere: an attack from many addresses. This one would let strangers lock somebody out, so it is
//!   short, and does not count for addresses that the account was used from before.
//!
//! A known and an unknown account are counted alike: the answers tell nothing. Guesses that arrive in the same instant
//! pass the check together; the gateway's throttling bounds how many that can be.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::EmailAddress;

/// Failures of one address at one account.
const MAX_PAIR: u64 = 5;
/// Failures of one address at all accounts: an office behind one address mistypes too.
const MAX_SOURCE: u64 = 100;
/// Failures of one account from everywhere.
const MAX_ACCOUNT: u64 = 20;

/// The window of what one address does, in seconds.
const SOURCE_WINDOW_SECONDS: i64 = 15 * 60;
/// The window of what is done to one account, in seconds.
const ACCOUNT_WINDOW_SECONDS: i64 = 60;

/// How many addresses of an account are known.
const MAX_KNOWN: usize = 5;

/// A network address, hashed: it names people, and is never read again. IPv6 hosts choose their last 64 bits freely, so
/// those do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

impl Source {
    /// Reads an address; what cannot be read is one address of its own.
    pub fn of(address: &str) -> Self {
        let network = match address.parse() {
            Ok(IpAddr::V6(address)) => types::hex(&address.octets()[..8]),
            _ => address.to_owned(),
        };
        Self(digest(&["source", &network]))
    }
}

fn digest(parts: &[&str]) -> String {
    types::hex(&Sha256::digest(parts.join("\u{0}"))[..16])
}

/// The addresses that an account was used from, newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KnownSources(Vec<Source>);

impl KnownSources {
    /// Remembers an address.
    pub fn remember(&mut self, source: &Source) {
        self.0.retain(|known| known != source);
        self.0.push(source.clone());
        let excess = self.0.len().saturating_sub(MAX_KNOWN);
        self.0.drain(..excess);
    }

    /// True if the account was used from there before.
    pub fn contains(&self, source: &Source) -> bool {
        self.0.contains(source)
    }
}

/// How often something failed in one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// What is counted, hashed.
    #[serde(skip)]
    pub subject: String,
    /// The window's number.
    #[serde(skip)]
    pub window: i64,
    /// When the window ends.
    #[serde(skip)]
    pub ends_at: Timestamp,
    /// The count.
    pub failures: u64,
}

impl Counter {
    fn new(subject: String, seconds: i64, now: Timestamp) -> Self {
        let window = now.as_second().div_euclid(seconds);
        let ends_at = Timestamp::from_second((window + 1) * seconds).unwrap_or(Timestamp::MAX);
        Self { subject, window, ends_at, failures: 0 }
    }
}

/// The counters of one attempt to sign in.
#[derive(Debug, Clone)]
pub struct Subjects {
    /// This address at this account.
    pub pair: Counter,
    /// This address.
    pub source: Counter,
    /// This account.
    pub account: Counter,
}

impl Subjects {
    /// The counters of an attempt from `source` at the account of `email`.
    pub fn of(email: &EmailAddress, source: &Source, now: Timestamp) -> Self {
        let account = email.fingerprint();
        Self {
            pair: Counter::new(digest(&["pair", &account, &source.0]), SOURCE_WINDOW_SECONDS, now),
            source: Counter::new(digest(&["source", &source.0]), SOURCE_WINDOW_SECONDS, now),
            account: Counter::new(digest(&["account", &account]), ACCOUNT_WINDOW_SECONDS, now),
        }
    }

    /// All of them.
    pub fn counters(&self) -> [&Counter; 3] {
        [&self.pair, &self.source, &self.account]
    }

    /// How long this address has to wait, in seconds; none if it may try.
    pub fn wait_of_source(&self, failures: Failures, now: Timestamp) -> Option<u64> {
        (failures.pair >= MAX_PAIR || failures.source >= MAX_SOURCE).then(|| seconds_until(self.pair.ends_at, now))
    }

    /// How long everybody has to wait who is not known at this account, in seconds; none if they may try.
    pub fn wait_of_account(&self, failures: Failures, now: Timestamp) -> Option<u64> {
        (failures.account >= MAX_ACCOUNT).then(|| seconds_until(self.account.ends_at, now))
    }
}

fn seconds_until(end: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(end.as_second() - now.as_second()).unwrap_or_default().max(1)
}

/// What the counters say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// Of this address at this account.
    pub pair: u64,
    /// Of this address.
    pub source: u64,
    /// Of this account.
    pub account: u64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn email() -> EmailAddress {
        EmailAddress::parse("ann@example.com").unwrap()
    }

    proptest! {
        #[test]
        fn every_wait_ends_with_its_window(second in 0_i64..4_000_000_000, pair in 0_u64..10, source in 0_u64..200, account in 0_u64..40) {
            let now = Timestamp::from_second(second).unwrap();
            let subjects = Subjects::of(&email(), &Source::of("192.0.2.1"), now);
            let failures = Failures { pair, source, account };
            let wait = subjects.wait_of_source(failures, now);
            prop_assert_eq!(wait.is_some(), pair >= MAX_PAIR || source >= MAX_SOURCE);
            prop_assert!(wait.is_none_or(|seconds| (1..=900).contains(&seconds)));
            let wait = subjects.wait_of_account(failures, now);
            prop_assert_eq!(wait.is_some(), account >= MAX_ACCOUNT);
            prop_assert!(wait.is_none_or(|seconds| (1..=60).contains(&seconds)));
        }
    }

    #[test]
    fn hosts_of_one_ipv6_network_are_one_source() {
        assert_eq!(Source::of("2001:db8:1:2::1"), Source::of("2001:db8:1:2:ffff::9"));
        assert_ne!(Source::of("2001:db8:1:2::1"), Source::of("2001:db8:1:3::1"));
        assert_ne!(Source::of("192.0.2.1"), Source::of("192.0.2.2"));
    }

    #[test]
    fn the_oldest_known_address_is_forgotten_first() {
        let mut known = KnownSources::default();
        for host in 0..10 {
            known.remember(&Source::of(&format!("192.0.2.{host}")));
            known.remember(&Source::of("192.0.2.0"));
        }
        assert!(known.contains(&Source::of("192.0.2.0")) && known.contains(&Source::of("192.0.2.9")));
        assert!(!known.contains(&Source::of("192.0.2.1")));
        assert_eq!(known.0.len(), MAX_KNOWN);
    }
}
