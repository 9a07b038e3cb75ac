//! The caller's own account: it changes while the caller's session is live, and no longer.

use std::ops::Deref;

use dynamo::Versioned;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::Problem;
use types::SessionId;

use super::Store;
use crate::domain::account::{Account, Status};
use crate::problem::Refusal;

/// The caller's own account, read while the caller's session was live. A change of it checks the session again with each
/// state that it decides on.
#[derive(Debug)]
pub struct OwnAccount {
    read: Versioned<Account>,
    session: LiveSession,
}

impl Deref for OwnAccount {
    type Target = Versioned<Account>;

    fn deref(&self) -> &Versioned<Account> {
        &self.read
    }
}

/// A session that must be live for a change.
#[derive(Debug, Clone, Copy)]
struct LiveSession {
    id: SessionId,
    now: Timestamp,
}

impl LiveSession {
    /// An error unless it is live. A suspension has ended all sessions, and has a refusal of its own.
    fn check(self, account: &Account) -> Result<(), Refusal> {
        match account.status {
            _ if account.is_signed_in(self.id, self.now) => Ok(()),
            Status::Suspended => Err(Refusal::Suspended),
            Status::Active | Status::Deleted => Err(Refusal::SessionEnded),
        }
    }
}

/// An account to change, as it was read: the caller's own, or any.
#[derive(Debug)]
pub struct Start {
    /// The account.
    pub(super) read: Versioned<Account>,
    session: Option<LiveSession>,
    /// What the answer is if the account is deleted before the change is written.
    pub(super) gone: Refusal,
}

impl Start {
    /// A change by a caller who does not know the account, and must not learn that it was deleted a moment ago.
    pub fn or_refuse(read: Versioned<Account>, gone: Refusal) -> Self {
        Self { read, session: None, gone }
    }

    /// A check of the session for each state that the change decides on.
    pub(super) fn check(&self) -> impl Fn(&Account) -> Result<(), Refusal> + use<> {
        let session = self.session;
        move |account| session.map_or(Ok(()), |session| session.check(account))
    }
}

impl From<OwnAccount> for Start {
    fn from(own: OwnAccount) -> Self {
        Self { read: own.read, session: Some(own.session), gone: Refusal::NoSuchUser }
    }
}

impl From<Versioned<Account>> for Start {
    fn from(read: Versioned<Account>) -> Self {
        Self { read, session: None, gone: Refusal::NoSuchUser }
    }
}

impl Store {
    /// The caller's own account. A session that has ended is refused at once, although its access token is valid for
    /// some minutes more.
    pub async fn account_of(&self, caller: &Caller, now: Timestamp) -> Result<OwnAccount, Problem> {
        let read = self.account(caller.user_id).await?.ok_or(Refusal::NoSuchUser)?;
        let session = LiveSession { id: caller.session_id, now };
        session.check(&read.value)?;
        Ok(OwnAccount { read, session })
    }
}
