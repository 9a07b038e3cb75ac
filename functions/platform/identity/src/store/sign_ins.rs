//! Sign-ins: the account and the entry of the user's history in one write.

use dynamo::{Cursor, Entity, Forgotten, Key, Outbox, Page, StoreError, TransactionError, Versioned};
use types::UserId;

use super::{Identity, MAX_ATTEMPTS, Start, Store};
use crate::domain::account::Account;
use crate::domain::sign_in_history::{Attempts, Entry};
use crate::problem::Refusal;

/// The first segment of the sort key.
const KIND: &str = "sign_in";
/// The attribute that counts attempts.
const COUNT: &str = "count";

impl Entity for Entry {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        let place = match self {
            Self::SignIn(sign_in) => sign_in.session_id.to_string(),
            Self::Attempts(attempts) => {
                format!("{}#{}", attempts.outcome.name(), if attempts.new_source { "new" } else { "known" })
            }
        };
        let entity = match self {
            Self::Attempts(attempts) if !attempts.has_account() => "decoy",
            Self::Attempts(_) | Self::SignIn(_) => "user",
        };
        Key::new(entity, self.user_id(), format!("{KIND}#{:013}#{place}", self.at().as_millisecond()))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(Self::expires_at(self).as_second())
    }
}

/// What a decision on a sign-in writes, all of it or nothing.
#[derive(Debug, Default)]
pub struct Writes {
    /// The account changes, with these events.
    pub account: Option<Outbox>,
    /// The history gets an entry.
    pub history: Option<Entry>,
}

impl Store {
    /// As [`Store::change_if`], with an entry of the history.
    pub async fn change_recording<T, E: From<StoreError> + From<Refusal>>(
        &self,
        read: impl Into<Start>,
        decide: impl Fn(&mut Account) -> Result<(T, Writes), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        let start = read.into();
        let (check, gone, mut read) = (start.check(), start.gone, start.read);
        for attempt in 1..=MAX_ATTEMPTS {
            let mut account = read.value.clone();
            check(&account)?;
            let (answer, Writes { account: outbox, history }) = decide(&mut account)?;
            let Some(outbox) = outbox else {
                if let Some(Entry::Attempts(attempts)) = history {
                    self.count_attempt(attempts).await?;
                }
                return Ok((read, answer));
            };
            let transaction = self.table.transaction().replace(&read, &account, &outbox);
            let transaction = match &history {
                Some(entry @ Entry::SignIn(_)) => transaction.create(entry, &Outbox::none()),
                Some(entry @ Entry::Attempts(_)) => transaction.count(entry, COUNT, 1, 0..=i64::MAX),
                None => transaction,
            };
            match transaction.commit().await {
                Ok(()) => return Ok((read.successor(account), answer)),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) => match cancelled.item::<Account>(0)? {
                    Some(newer) => read = self.after_conflict(newer, attempt).await?.ok_or(gone)?,
                    None => {
                        return Err(StoreError::Refused("the account or the entry is not as it must be".into()).into());
                    }
                },
            }
        }
        Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
    }

    /// Counts an attempt in the history.
    pub async fn count_attempt(&self, attempts: Attempts) -> Result<(), StoreError> {
        self.table.count_within(&Entry::Attempts(attempts), COUNT, 1, 0..=i64::MAX).await.map(drop)
    }

    /// A page of the history of a user, newest first.
    pub async fn sign_ins(
        &self,
        user_id: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Entry>, StoreError> {
        self.table.list(Key::new("user", user_id, "sign_in#"), true, limit, after).await
    }

    /// Deletes the history of a user whose account was deleted, a bounded number of entries at a time.
    pub async fn forget_sign_ins(&self, user_id: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_kind(user_id, KIND).await
    }
}
