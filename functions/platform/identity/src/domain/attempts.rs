//! Failed sign-ins: how many are too many.
//!
//! Three counters of `kit::limits`, each over a window of its own:
//! - one network address at one account: a person who mistypes, or a simple attack;
//! - one network address at all accounts: an attack that tries a few passwords on many accounts;
//! - one account from everywhere: an attack from many addresses. This one would let strangers lock a user out, so it is
//!   short, and does not count for addresses that the account was used from before.
//!
//! A known and an unknown account are counted alike: the answers tell nothing. Guesses that arrive in the same instant
//! pass the check together; the gateway's throttling bounds how many that can be.

use std::net::IpAddr;

use jiff::Timestamp;
use kit::limits::{Exceeded, Limit, Subject, subject_hash};
use serde::{Deserialize, Serialize};
use types::EmailAddress;

use super::limits::{SIGN_INS_OF_ACCOUNT, SIGN_INS_OF_PAIR, SIGN_INS_OF_SOURCE};

/// How many addresses of an account are known.
const MAX_KNOWN: usize = 5;

/// A network address, hashed: it identifies people, and is never read again. IPv6 hosts choose their last 64 bits freely, so
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
        Self(subject_hash(&["source", &network]))
    }

    /// The first characters of the hash.
    pub fn short(&self, chars: usize) -> String {
        self.0.chars().take(chars).collect()
    }

    /// The address as the subject of a limit.
    pub fn subject(&self) -> Subject<'_> {
        Subject::Source(&self.0)
    }
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

/// Whom an attempt to sign in counts for: the hashes of the three subjects.
#[derive(Debug, Clone)]
pub struct Subjects {
    pair: String,
    source: Source,
    account: String,
}

impl Subjects {
    /// The subjects of an attempt from `source` at the account of `email`.
    pub fn of(email: &EmailAddress, source: &Source) -> Self {
        let account = email.fingerprint();
        Self {
            pair: subject_hash(&["pair", &account, &source.0]),
            source: source.clone(),
            account: subject_hash(&["account", &account]),
        }
    }

    /// Each limit with its subject: pair, source, account.
    pub fn limits(&self) -> [(Limit, Subject<'_>); 3] {
        [
            (SIGN_INS_OF_PAIR, Subject::Hashed(&self.pair)),
            (SIGN_INS_OF_SOURCE, self.source.subject()),
            (SIGN_INS_OF_ACCOUNT, Subject::Hashed(&self.account)),
        ]
    }
}

/// How many attempts have failed in the windows of this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// Of this address at this account.
    pub pair: u32,
    /// Of this address.
    pub source: u32,
    /// Of this account.
    pub account: u32,
}

impl Failures {
    /// Refuses an attempt of an address with too many failures.
    pub fn check_source(self, now: Timestamp) -> Result<(), Exceeded> {
        SIGN_INS_OF_PAIR.judge(self.pair, now).and_then(|()| SIGN_INS_OF_SOURCE.judge(self.source, now))
    }

    /// Refuses an attempt at an account with too many failures, for addresses that are not known at it.
    pub fn check_account(self, now: Timestamp) -> Result<(), Exceeded> {
        SIGN_INS_OF_ACCOUNT.judge(self.account, now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_wait_ends_with_its_window(second in 0_i64..4_000_000_000, pair in 0_u32..10, source in 0_u32..200, account in 0_u32..40) {
            let now = Timestamp::from_second(second).unwrap();
            let failures = Failures { pair, source, account };
            let refused = failures.check_source(now);
            prop_assert_eq!(refused.is_err(), pair >= SIGN_INS_OF_PAIR.max() || source >= SIGN_INS_OF_SOURCE.max());
            prop_assert!(refused.err().is_none_or(|told| (1..=900).contains(&told.retry_after_seconds)));
            let refused = failures.check_account(now);
            prop_assert_eq!(refused.is_err(), account >= SIGN_INS_OF_ACCOUNT.max());
            prop_assert!(refused.err().is_none_or(|told| (1..=60).contains(&told.retry_after_seconds)));
        }
    }

    #[test]
    fn subjects_differ_by_account_and_source() {
        let email = |text| EmailAddress::parse(text).unwrap();
        let of = |text, source| Subjects::of(&email(text), &Source::of(source));
        let (one, other) = (of("ann@example.com", "192.0.2.1"), of("bob@example.com", "192.0.2.1"));
        assert_ne!((&one.pair, &one.account), (&other.pair, &other.account));
        assert_eq!(one.source, other.source);
        assert_ne!(one.pair, of("ann@example.com", "192.0.2.2").pair);
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
