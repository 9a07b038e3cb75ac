//! How often password resets of one account are mailed. Anyone can request them, so strangers must neither fill a mailbox nor
//! use up the e-mails that its owner needs.
//!
//! Each e-mail of the last 24 hours is remembered with the reason why it was sent:
//! - **shared**: to any caller who requests one; the interval to the last one grows from a minute to [`MAX_INTERVAL`];
//! - **known**: to a network address that the account was used from before, which strangers do not have;
//! - **new**: to a network address that got none within 24 hours.
//!
//! Each link is valid for at least 30 minutes, also if other callers request more ([`super::proofs`]).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::Uuid;

use super::account::Account;
use super::attempts::Source;
use super::proof::NotRequested;
use super::proofs::{Proofs, REQUEST_INTERVAL, TooSoon};
use contracts::identity::PasswordResetRequested;

/// Time after which an e-mail no longer counts.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// Interval between two shared e-mails, by the number of shared e-mails within the window.
const INTERVALS: [SignedDuration; 5] = [
    REQUEST_INTERVAL,
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_mins(60),
    MAX_INTERVAL,
];
/// Maximum interval between two shared e-mails: within this time, every request from anywhere finds a link in the mailbox
/// that was sent after it.
pub const MAX_INTERVAL: SignedDuration = SignedDuration::from_hours(4);
/// E-mails within the window that only known network addresses get.
pub const KNOWN_RESERVE: usize = 3;
/// E-mails within the window that only new network addresses get.
pub const NEW_RESERVE: usize = 3;
/// Maximum number of e-mails within the window: the shared ones follow from the intervals.
pub const MAX_MAILS: usize = 10 + KNOWN_RESERVE + NEW_RESERVE;
/// How much of a network address's hash is kept: enough to tell a few of them apart.
const SOURCE_CHARS: usize = 8;

/// Reason why an e-mail was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pool {
    Shared,
    Known,
    New,
}

/// An e-mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mail {
    /// Milliseconds since 1970.
    at: i64,
    pool: Pool,
    source: String,
}

/// The e-mails of the last 24 hours, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResetPace(Vec<Mail>);

impl ResetPace {
    /// True if nothing was sent lately.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pace after another e-mail, or how long a request from this network address has to wait.
    pub fn after_request(&self, source: &Source, is_known: bool, now: Timestamp) -> Result<Self, TooSoon> {
        let mut mails = self.0.clone();
        mails.retain(|mail| mail.age(now) < WINDOW);
        let source = source.short(SOURCE_CHARS);
        let pool = match shared_wait(&mails, now) {
            None => Pool::Shared,
            Some(_) if is_known && count(&mails, Pool::Known) < KNOWN_RESERVE => Pool::Known,
            Some(_) if count(&mails, Pool::New) < NEW_RESERVE && mails.iter().all(|mail| mail.source != source) => {
                Pool::New
            }
            Some(wait) => return Err(TooSoon { wait }),
        };
        // Clocks of two functions may differ, so the bound is enforced and not only derived.
        if mails.len() >= MAX_MAILS {
            return Err(TooSoon { wait: MAX_INTERVAL });
        }
        mails.push(Mail { at: now.as_millisecond(), pool, source });
        Ok(Self(mails))
    }
}

impl Mail {
    fn age(&self, now: Timestamp) -> SignedDuration {
        SignedDuration::from_millis(now.as_millisecond() - self.at)
    }
}

fn count(mails: &[Mail], pool: Pool) -> usize {
    mails.iter().filter(|mail| mail.pool == pool).count()
}

/// How long a request without a reserve has to wait; `None` if it has not to.
fn shared_wait(mails: &[Mail], now: Timestamp) -> Option<SignedDuration> {
    let last = mails.iter().rfind(|mail| mail.pool == Pool::Shared)?;
    let interval = INTERVALS[(count(mails, Pool::Shared) - 1).min(INTERVALS.len() - 1)];
    let wait = interval - last.age(now);
    wait.is_positive().then_some(wait)
}

impl Account {
    /// Requests a password reset from a network address. Anyone can request one.
    pub fn request_reset_from(
        &mut self,
        source: &Source,
        id: Uuid,
        now: Timestamp,
    ) -> Result<PasswordResetRequested, NotRequested> {
        let pace = self.reset.as_ref().map(Proofs::pace).cloned().unwrap_or_default();
        let pace = pace.after_request(source, self.known_sources.contains(source), now)?;
        let requested = self.request_reset(id, now)?;
        if let Some(reset) = &mut self.reset {
            reset.set_pace(pace);
        }
        Ok(requested)
    }
}

#[cfg(test)]
#[path = "reset_pace_tests.rs"]
mod tests;
