//! Requests for a change of address, which are counted in the write that makes them.

use dynamo::{Conflict, Outbox, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use kit::http::Problem;
use kit::limits::Subject;

use super::{MAX_ATTEMPTS, OwnAccount, Start, Store};
use crate::domain::account::Account;
use crate::domain::limits::EMAIL_CHANGES;

/// How a write failed.
enum Failed {
    /// Another writer was faster.
    Newer(Box<Versioned<Account>>),
    Problem(Box<Problem>),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Problem(Box::new(error.into()))
    }
}

impl Store {
    /// [`Store::change`] for a request that counts towards [`EMAIL_CHANGES`] if `decide` gives an outbox. Without one the account
    /// is written too, since a wrong password is counted in it.
    pub async fn request_email_change<T>(
        &self,
        own: OwnAccount,
        now: Timestamp,
        decide: impl Fn(&mut Account) -> Result<(T, Option<Outbox>), Problem>,
    ) -> Result<T, Problem> {
        let start = Start::from(own);
        let (check, gone, mut read) = (start.check(), start.gone, start.read);
        for attempt in 1..=MAX_ATTEMPTS {
            let mut account = read.value.clone();
            check(&account)?;
            let (answer, outbox) = decide(&mut account)?;
            match self.write_request(&read, account, outbox, now).await {
                Ok(()) => return Ok(answer),
                Err(Failed::Newer(newer)) => read = self.after_conflict(*newer, attempt).await?.ok_or(gone)?,
                Err(Failed::Problem(problem)) => return Err(*problem),
            }
        }
        Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
    }

    async fn write_request(
        &self,
        read: &Versioned<Account>,
        account: Account,
        outbox: Option<Outbox>,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let gone = || StoreError::Refused("the account is gone".into());
        let Some(outbox) = outbox else {
            return match self.table.replace(read, account, &Outbox::none()).await {
                Ok(_) => Ok(()),
                Err(Conflict::Item(newer)) => Err(newer.map_or_else(|| gone().into(), Failed::Newer)),
                Err(Conflict::Store(error)) => Err(error.into()),
            };
        };
        let transaction = self.table.transaction().replace(read, &account, &outbox);
        match EMAIL_CHANGES.count_in(transaction, Subject::User(account.id), now).commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => Err(match cancelled.item::<Account>(0)? {
                Some(newer) => Failed::Newer(Box::new(newer)),
                None if cancelled.failed(1) => Failed::Problem(Box::new(EMAIL_CHANGES.exceeded(now).into())),
                None => gone().into(),
            }),
        }
    }
}
