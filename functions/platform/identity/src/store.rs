//! How accounts lie in the table. The key table is in this context's README.

use dynamo::{Conflict, Context, Entity, Key, Outbox, Read, StoreError, Table, TransactionError, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{EmailAddress, UserId};

use crate::domain::account::{Account, Status};
use crate::domain::listing::Listing;

mod api_keys;
mod users;

/// The context's name in keys.
#[derive(Debug)]
pub struct Identity;

impl Context for Identity {
    const NAME: &'static str = "identity";
}

impl Entity for Account {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        account_key(self.id)
    }
}

fn account_key(id: UserId) -> Key<Identity> {
    Key::new("user", id, "account")
}

/// Says whose an address is. One item per address: that is what makes addresses unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailClaim {
    fingerprint: String,
    /// The account.
    pub user_id: UserId,
    /// When it was claimed.
    pub claimed_at: Timestamp,
}

impl EmailClaim {
    /// A claim of this address for an account.
    pub fn new(email: &EmailAddress, user_id: UserId, claimed_at: Timestamp) -> Self {
        Self { fingerprint: email.fingerprint(), user_id, claimed_at }
    }
}

impl Entity for EmailClaim {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        claim_key(&self.fingerprint)
    }
}

fn claim_key(fingerprint: &str) -> Key<Identity> {
    Key::new("email", fingerprint, "claim")
}

/// Why an account could not be added.
#[derive(Debug)]
pub enum AddError {
    /// The address belongs to this account.
    EmailTaken(UserId),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for AddError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Accounts in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Identity>,
}

impl Store {
    /// Accounts in this table.
    pub fn new(table: Table<Identity>) -> Self {
        Self { table }
    }

    /// Adds an account with its claim of its address and its place in the list of all, or nothing.
    pub async fn add(&self, account: &Account, email: &EmailAddress, outbox: &Outbox) -> Result<(), AddError> {
        let claim = EmailClaim::new(email, account.id, account.created_at);
        let listing = Listing::of(account);
        let transaction = self.table.transaction().create(&claim, &Outbox::none()).create(account, outbox);
        let transaction = transaction.create(&listing, &Outbox::none());
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Cancelled(cancelled)) => match cancelled.item::<EmailClaim>(0)? {
                Some(claim) => Err(AddError::EmailTaken(claim.value.user_id)),
                None => Err(StoreError::Refused("a new account's id is taken".into()).into()),
            },
            Err(TransactionError::Store(error)) => Err(error.into()),
        }
    }

    /// Whose an address is.
    pub async fn owner_of(&self, email: &EmailAddress) -> Result<Option<UserId>, StoreError> {
        let claim = self.table.get::<EmailClaim>(claim_key(&email.fingerprint()), Read::Strong).await?;
        Ok(claim.map(|claim| claim.value.user_id))
    }

    /// An account that was not deleted.
    pub async fn account(&self, id: UserId) -> Result<Option<Versioned<Account>>, StoreError> {
        let account: Option<Versioned<Account>> = self.table.get(account_key(id), Read::Strong).await?;
        Ok(account.filter(|account| account.value.status != Status::Deleted))
    }

    /// Changes an account: `decide` is asked again, with the newer state, each time that somebody else was faster.
    ///
    /// It says what to write and which events to tell, and may refuse. One round trip where nobody interferes, since a
    /// failed condition brings the newer state with it.
    pub async fn change<T, E: From<StoreError>>(
        &self,
        read: Versioned<Account>,
        decide: impl Fn(&mut Account) -> Result<(T, Outbox), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        self.change_versioned(read, |_, account| decide(account)).await
    }

    /// [`Self::change`] for decisions that depend on the version too: `If-Match`.
    pub async fn change_versioned<T, E: From<StoreError>>(
        &self,
        mut read: Versioned<Account>,
        decide: impl Fn(u64, &mut Account) -> Result<(T, Outbox), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        for attempt in 1..=MAX_ATTEMPTS {
            let mut account = read.value.clone();
            let (answer, outbox) = decide(read.version, &mut account)?;
            match self.table.replace(&read, account, &outbox).await {
                Ok(written) => return Ok((written, answer)),
                // What was deleted meanwhile is never changed again: the client's next try finds nothing.
                Err(Conflict::Item(Some(newer))) if newer.value.status == Status::Deleted => {
                    return Err(StoreError::Contended { attempts: attempt }.into());
                }
                Err(Conflict::Item(Some(newer))) => read = *newer,
                Err(Conflict::Item(None)) => return Err(StoreError::Refused("the account is gone".into()).into()),
                Err(Conflict::Store(error)) => return Err(error.into()),
            }
            tokio::time::sleep(dynamo::backoff(attempt)).await;
        }
        Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
    }
}

/// How often a change is tried against others: enough for a hundred logins of one account at once.
const MAX_ATTEMPTS: u32 = 60;
