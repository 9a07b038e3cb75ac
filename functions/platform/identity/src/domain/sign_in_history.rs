//! The history of sign-ins that a user can read: each sign-in, and the number of attempts that did not lead to one.
//!
//! Strangers can cause attempts, so these are counted per day, outcome and known or new network address: at most six items
//! a day, however many attempts there are. They contain nothing of the stranger. A sign-in contains the network address as it
//! was seen, because the user has to recognise it.

use std::net::IpAddr;

use contracts::identity::Device;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{SessionId, UserId, Uuid};

use super::mfa::MfaMethod;
use super::sign_in_methods::SignInMethod;

/// How long entries are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How long an attempt at an address without an account is kept. It is written so that both cost the same.
pub const KEPT_OF_NOBODY: SignedDuration = SignedDuration::from_hours(1);
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// An entry of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// A sign-in.
    SignIn(SignIn),
    /// Attempts of a day.
    Attempts(Attempts),
}

/// A sign-in: it started a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// User ID.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// Time.
    pub at: Timestamp,
    /// First factor.
    pub method: SignInMethod,
    /// Second factor, if it was required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<MfaMethod>,
    /// Device, as reported by the client.
    pub device: Device,
    /// Network address.
    pub address: String,
    /// Whether the account was not used from this address before.
    pub new_source: bool,
}

/// How an attempt ended that did not lead to a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// The password was wrong.
    WrongPassword,
    /// The first factor was right, and the second one was asked for.
    MfaRequired,
    /// The second factor was wrong.
    WrongCode,
}

impl AttemptOutcome {
    /// The name in keys and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::MfaRequired => "mfa_required",
            Self::WrongCode => "wrong_code",
        }
    }
}

/// Attempts of a day that ended alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// User ID.
    pub user_id: UserId,
    /// The outcome.
    pub outcome: AttemptOutcome,
    /// Whether the account was not used from their network addresses before.
    pub new_source: bool,
    /// Start of the day, in UTC.
    pub day: Timestamp,
    /// Their number. Written by the count alone.
    #[serde(default, skip_serializing)]
    pub count: u32,
    /// The account does not exist.
    #[serde(skip)]
    of_nobody: bool,
}

impl Attempts {
    /// The attempts of today at an account.
    pub fn today(user_id: UserId, outcome: AttemptOutcome, new_source: bool, now: Timestamp) -> Self {
        let day = now.as_millisecond().div_euclid(DAY_MILLIS) * DAY_MILLIS;
        let day = Timestamp::from_millisecond(day).unwrap_or(now);
        Self { user_id, outcome, new_source, day, count: 0, of_nobody: false }
    }

    /// An attempt at an address that has no account.
    pub fn of_nobody(now: Timestamp, id: Uuid) -> Self {
        Self { of_nobody: true, ..Self::today(UserId::new(id), AttemptOutcome::WrongPassword, true, now) }
    }

    /// False if there is no such account.
    pub const fn has_account(&self) -> bool {
        !self.of_nobody
    }
}

impl Entry {
    /// Whose it is.
    pub const fn user_id(&self) -> UserId {
        match self {
            Self::SignIn(sign_in) => sign_in.user_id,
            Self::Attempts(attempts) => attempts.user_id,
        }
    }

    /// Its time: of a sign-in, or the start of the day.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::SignIn(sign_in) => sign_in.at,
            Self::Attempts(attempts) => attempts.day,
        }
    }

    /// Time from which it is no longer shown.
    pub fn expires_at(&self) -> Timestamp {
        match self {
            Self::Attempts(attempts) if attempts.of_nobody => {
                self.at() + SignedDuration::from_hours(24) + KEPT_OF_NOBODY
            }
            Self::Attempts(_) | Self::SignIn(_) => self.at() + KEPT,
        }
    }
}

/// The network of an address, for logs: the first 24 bits of IPv4, the first 48 bits of IPv6. It shows where an attack comes
/// from, and names no household.
pub fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_hosts_of_a_network_are_one_in_logs(v4: u32, v6: u128, host4 in 0_u32..256, host6 in 0_u128..(1 << 80)) {
            let (v4, v6) = (v4 & !0xff, v6 >> 80 << 80);
            let of4 = |host| network_of(&Ipv4Addr::from_bits(v4 | host).to_string());
            prop_assert_eq!(of4(0), of4(host4));
            prop_assert!(host4 == 0 || !of4(host4).contains(&Ipv4Addr::from_bits(v4 | host4).to_string()));
            let of6 = |host| network_of(&Ipv6Addr::from_bits(v6 | host).to_string());
            prop_assert!(v6 >> 80 == 0 || of6(0) == of6(host6), "{} {}", of6(0), of6(host6));
        }

        #[test]
        fn attempts_of_a_day_are_one_entry_per_outcome_and_kind_of_source(
            seconds in proptest::collection::vec((0_i64..86_400, any::<bool>(), 0_usize..3), 0..200),
        ) {
            let outcomes = [AttemptOutcome::WrongPassword, AttemptOutcome::MfaRequired, AttemptOutcome::WrongCode];
            let day = 1_800_057_600;
            let entries: BTreeSet<_> = seconds.into_iter().map(|(second, new, outcome)| {
                let now = Timestamp::from_second(day + second).unwrap();
                let attempts = Attempts::today(UserId::new(Uuid::nil()), outcomes[outcome], new, now);
                serde_json::to_string(&Entry::Attempts(attempts)).unwrap()
            }).collect();
            prop_assert!(entries.len() <= 6);
        }
    }

    #[test]
    fn networks_are_written_as_prefixes() {
        assert_eq!(network_of("203.0.113.7"), "203.0.113.0/24");
        assert_eq!(network_of("::ffff:203.0.113.7"), "203.0.113.0/24");
        assert_eq!(network_of("2001:db8:1:2::1"), "2001:db8:1::/48");
        assert_eq!(network_of(""), "unknown");
    }
}
