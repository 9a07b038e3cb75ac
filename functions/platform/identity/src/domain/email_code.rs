//! Sign-in by e-mail: one pending code per mailbox, and what it opens.
//!
//! The code and the link of the e-mail are derived from the request's id with the link key, so nothing that is stored opens
//! an account. Wrong codes are counted in the item, which is written on condition of its version: however many guess at
//! once, [`MAX_TRIES`] of them are judged. The same item bounds how many e-mails are sent.

use contracts::identity::{
    AccountReclaimed, EmailCodeRequested, EmailVerified, SessionEndReason, SessionEnded, UserRegistered,
};
use jiff::{SignedDuration, Timestamp};
use kit::limits::subject_hash;
use serde::{Deserialize, Serialize};
use types::{EmailAddress, PersonName, Role, UserId, Uuid};

use super::account::{Account, Status};
use super::attempts::KnownSources;
use super::mfa::Mfa;
use super::plan::Plan;
use super::session::Sessions;

/// Time for which a code and its link are valid.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// Number of wrong codes after which a new one must be requested.
pub const MAX_TRIES: u32 = 5;
/// Minimum time between two e-mails with a code to one mailbox.
pub const CODE_INTERVAL: SignedDuration = SignedDuration::from_secs(60);
/// Maximum number of e-mails with a code to one mailbox and day in UTC. With [`MAX_TRIES`] it allows 100 guesses per day at
/// one of 10^8 codes.
pub const MAX_CODES_PER_DAY: u32 = 20;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Names a mailbox in a key, without its address. What follows a plus sign is a label that anybody makes up.
pub fn mailbox(email: &EmailAddress) -> String {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or((email.as_str(), ""));
    subject_hash(&["mailbox", local.split('+').next().unwrap_or(local), domain])
}

/// The codes of a mailbox: the one that is pending, and how many were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxCodes {
    /// [`mailbox`] of the address.
    pub mailbox: String,
    /// The newest request, until it is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<CodeRequest>,
    sent_at: Timestamp,
    sent_today: u32,
}

/// A sign-in that waits for its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRequest {
    /// Request ID.
    pub id: Uuid,
    /// Recipient of the e-mail: the owner of the address, or an id that no account has.
    pub user_id: UserId,
    expires_at: Timestamp,
    #[serde(default)]
    wrong: u32,
}

/// An e-mail was sent recently, or too many were sent today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeNotSent {
    /// Time to wait, in seconds.
    pub retry_after_seconds: u64,
}

/// The request is not the newest one, was used up or has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaleRequest;

impl MailboxCodes {
    /// The codes of a mailbox after another request, which takes the place of an earlier one.
    pub fn request(
        before: Option<&Self>,
        email: &EmailAddress,
        user_id: UserId,
        id: Uuid,
        now: Timestamp,
    ) -> Result<(Self, EmailCodeRequested), CodeNotSent> {
        let today = before.filter(|codes| day(codes.sent_at) == day(now)).map_or(0, |codes| codes.sent_today);
        if let Some(codes) = before {
            let interval = CODE_INTERVAL - now.duration_since(codes.sent_at);
            let rest_of_day = Timestamp::from_second((day(now) + 1) * DAY.as_secs()).unwrap_or(now).duration_since(now);
            let wait = if today >= MAX_CODES_PER_DAY { rest_of_day } else { interval };
            if wait.is_positive() {
                let retry_after_seconds = u64::try_from(wait.as_millis()).unwrap_or_default().div_ceil(1_000);
                return Err(CodeNotSent { retry_after_seconds });
            }
        }
        let pending = Some(CodeRequest { id, user_id, expires_at: now + CODE_LIFETIME, wrong: 0 });
        let codes = Self { mailbox: mailbox(email), pending, sent_at: now, sent_today: today + 1 };
        Ok((codes, EmailCodeRequested { user_id, email: email.clone(), request_id: id }))
    }

    /// The request `id`, if its code may be judged now.
    pub fn open(&self, id: Uuid, now: Timestamp) -> Result<CodeRequest, StaleRequest> {
        self.pending.filter(|request| request.id == id && now < request.expires_at).ok_or(StaleRequest)
    }

    /// The codes after a wrong one. The last try ends the request.
    #[must_use]
    pub fn after_wrong_code(&self) -> Self {
        let pending = self.pending.map(|request| CodeRequest { wrong: request.wrong + 1, ..request });
        Self { pending: pending.filter(|request| request.wrong < MAX_TRIES), ..self.clone() }
    }

    /// The codes after the right one: it is used up.
    #[must_use]
    pub fn after_sign_in(&self) -> Self {
        Self { pending: None, ..self.clone() }
    }

    /// Time from which the item means nothing: the day of the last e-mail and its code are over.
    pub fn forgotten_at(&self) -> Timestamp {
        self.sent_at + DAY
    }
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY.as_secs())
}

/// Events of a sign-in by e-mail to an account whose address was not verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Reclaimed {
    /// The address is verified.
    pub verified: EmailVerified,
    /// Everything that was set up before is gone.
    pub reclaimed: AccountReclaimed,
    /// Sessions that ended.
    pub ended: Vec<SessionEnded>,
}

impl Account {
    /// A new account of a user who proved an address, and its events. It has no password.
    pub fn from_email(
        id: UserId,
        email: EmailAddress,
        name: PersonName,
        now: Timestamp,
    ) -> (Self, UserRegistered, EmailVerified) {
        let registered =
            UserRegistered { user_id: id, email: Some(email.clone()), name: name.clone(), verification_id: None };
        let verified = EmailVerified { user_id: id, email: email.clone() };
        let account = Self {
            id,
            email: Some(email),
            email_verified_at: Some(now),
            name,
            roles: vec![Role::User],
            plan: Plan::free(),
            status: Status::Active,
            password: None,
            telegram: None,
            sessions: Sessions::default(),
            known_sources: KnownSources::default(),
            mfa: Mfa::default(),
            verification: None,
            reset: None,
            email_change: None,
            former_emails: Vec::new(),
            reclaimed_at: None,
            entitlement: None,
            created_at: now,
        };
        (account, registered, verified)
    }

    /// Signs in a user who proved the mailbox, and nothing else. If the address was not verified, another person may have
    /// registered it: everything that was set up before is discarded
    /// ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)). Nothing changes in a verified account.
    pub fn enter_by_mail(&mut self, now: Timestamp) -> Option<Reclaimed> {
        if self.email_verified_at.is_some() {
            return None;
        }
        let email = self.email.clone()?;
        self.email_verified_at = Some(now);
        self.password = None;
        self.telegram = None;
        self.mfa = Mfa::default();
        self.name = PersonName::unnamed();
        self.reclaimed_at = Some(now);
        self.known_sources = KnownSources::default();
        (self.verification, self.reset, self.email_change) = (None, None, None);
        let ended = self.sessions.end_all(None, SessionEndReason::Revoked, now);
        Some(Reclaimed {
            verified: EmailVerified { user_id: self.id, email },
            reclaimed: AccountReclaimed { user_id: self.id },
            ended: ended.into_iter().map(|ended| self.tell(ended)).collect(),
        })
    }
}

#[cfg(test)]
#[path = "email_code_tests.rs"]
mod tests;
