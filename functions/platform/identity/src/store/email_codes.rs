//! Codes for signing in by e-mail: one item per mailbox, whether or not it has an account.

use dynamo::{Entity, Key, Outbox, Read, StoreError, Versioned, is_written};
use jiff::Timestamp;
use kit::limits::NotAllowed;
use types::{EmailAddress, UserId};

use super::claims::{Failed, Write};
use super::{ClaimError, EmailClaim, Identity, Store, claim_key};
use crate::domain::account::Account;
use crate::domain::attempts::Source;
use crate::domain::email_code::{MailboxCodes, mailbox};
use crate::domain::limits::SIGN_INS_OF_SOURCE;
use crate::domain::sign_in_history::Entry;

impl Entity for MailboxCodes {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        code_key(&self.mailbox)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.forgotten_at().as_second())
    }
}

fn code_key(mailbox: &str) -> Key<Identity> {
    Key::new("email", mailbox, "code")
}

/// Whose an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOwner {
    /// No account has it.
    Nobody,
    /// An account signs in with it.
    Account(UserId),
    /// An account had it until a moment ago, and may get it back.
    Reserved,
}

/// What is known of an address before a user signs in with it.
#[derive(Debug)]
pub struct CodeState {
    /// Whose it is.
    pub owner: AddressOwner,
    /// The codes of its mailbox.
    pub codes: Option<Versioned<MailboxCodes>>,
    /// Failed sign-ins of the network address.
    pub failures: u32,
}

/// A code that is used up in the write that it leads to.
#[derive(Debug)]
pub struct CodeUse {
    /// The codes as they were read.
    pub read: Versioned<MailboxCodes>,
    /// The codes without it.
    pub used: MailboxCodes,
}

impl CodeUse {
    /// Uses up the pending code.
    pub fn of(read: Versioned<MailboxCodes>) -> Self {
        Self { used: read.value.after_sign_in(), read }
    }
}

/// Reason why a sign-in with a code was not written.
#[derive(Debug)]
pub enum NotEntered {
    /// The account, its claim or the code has changed: read all of it again.
    Stale,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotEntered {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Whose an address is, its pending code, and how often signing in has failed from a network address: one round trip.
    pub async fn code_state(
        &self,
        email: &EmailAddress,
        source: &Source,
        now: Timestamp,
    ) -> Result<CodeState, StoreError> {
        let (claim, codes) = (|| claim_key(&email.fingerprint()), || code_key(&mailbox(email)));
        let failures = SIGN_INS_OF_SOURCE.key(source.subject(), now);
        let mut found = self.table.get_many(vec![claim(), codes(), failures], Read::Strong).await?;
        let owner = match found.take::<EmailClaim>(claim())?.map(|claim| claim.value) {
            None => AddressOwner::Nobody,
            Some(claim) if claim.has_ended(now) => AddressOwner::Nobody,
            Some(claim) => claim.owner().map_or(AddressOwner::Reserved, AddressOwner::Account),
        };
        let codes = found.take(codes())?;
        let failures = SIGN_INS_OF_SOURCE.used::<Identity>(&mut found, source.subject(), now)?;
        Ok(CodeState { owner, codes, failures })
    }

    /// Counts a request for a code from a network address.
    pub async fn count_code_request(&self, source: &Source, now: Timestamp) -> Result<(), NotAllowed> {
        self.sign_in_codes.count(&self.table, source.subject(), now).await.map(drop)
    }

    /// Counts a failed sign-in from a network address.
    pub async fn count_source_failure(&self, source: &Source, now: Timestamp) -> Result<(), StoreError> {
        SIGN_INS_OF_SOURCE.add(&self.table, source.subject(), now).await.map(drop)
    }

    /// Writes the codes of a mailbox, if they still are as they were read. Returns false if they are not.
    pub async fn write_codes(
        &self,
        read: Option<&Versioned<MailboxCodes>>,
        codes: MailboxCodes,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let written = match read {
            Some(read) => self.table.replace(read, codes, outbox).await,
            None => self.table.create(codes, outbox).await,
        };
        is_written(written)
    }

    /// Writes an account that a user signs in to with a code and the entry of its history, and uses the code up: all or none. `read` is the account before, if
    /// it is there.
    pub async fn enter_with_code(
        &self,
        read: Option<&Versioned<Account>>,
        account: &Account,
        entry: &Entry,
        outbox: &Outbox,
        code: &CodeUse,
    ) -> Result<(), NotEntered> {
        let (code, entry) = (Some(code), Some(entry));
        match self.commit(Write { read, account, outbox, code, entry, counted: None }).await {
            Ok(()) => Ok(()),
            Err(Failed::Newer(_) | Failed::Code | Failed::Claim(ClaimError::Taken(_))) => Err(NotEntered::Stale),
            Err(Failed::Claim(ClaimError::Store(error))) => Err(error.into()),
            Err(Failed::Claim(ClaimError::Limit(_))) => Err(StoreError::Refused("nothing was counted".into()).into()),
        }
    }
}
