//! Homes of users.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Conflict, Forgotten, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use types::UserId;

use super::{Store, home_key};
use crate::domain::facts::Facts;
use crate::domain::home::Home;

/// Number of homes that are read at the same time; they can be large.
const PAGE_HOMES: usize = 25;

/// Homes of users. Those of users about whom nothing is known are in neither.
#[derive(Debug, Default)]
pub struct Homes {
    /// The homes.
    pub known: BTreeMap<UserId, Versioned<Home>>,
    /// Why homes cannot be read.
    pub unreadable: BTreeMap<UserId, StoreError>,
}

/// The result of a write of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeWritten {
    /// It is written.
    Applied,
    /// It was like this already.
    Unchanged,
    /// It is not as it was read.
    Conflict,
    /// The account was deleted.
    Forgotten,
}

impl Store {
    /// Reads the home of a user; none if nothing is known of them.
    pub async fn home(&self, user: UserId, read: Read) -> Result<Option<Versioned<Home>>, StoreError> {
        self.table.get(home_key(user), read).await
    }

    /// Reads the homes of users, strongly consistent. One that cannot be read does not keep the others from their cards.
    pub async fn homes(&self, users: &BTreeSet<UserId>) -> Result<Homes, StoreError> {
        let users: Vec<UserId> = users.iter().copied().collect();
        let mut homes = Homes::default();
        for page in users.chunks(PAGE_HOMES) {
            let keys = page.iter().map(|user| home_key(*user)).collect();
            let mut found = self.table.get_many(keys, Read::Strong).await?;
            for user in page {
                match found.take::<Home>(home_key(*user)) {
                    Ok(home) => homes.known.extend(home.map(|home| (*user, home))),
                    Err(error) => {
                        homes.unreadable.insert(*user, error);
                    }
                }
            }
        }
        Ok(homes)
    }

    /// Writes a home, if it is as it was read, and the facts are as they were read where these are given: a card is added on that
    /// condition, since a writer who finds no card to remove leaves no trace. A home is never deleted but with the account: a version
    /// names one state of it.
    pub async fn write_home(
        &self,
        read: Option<&Versioned<Home>>,
        next: Home,
        facts: Option<&Versioned<Facts>>,
    ) -> Result<HomeWritten, StoreError> {
        let none = Outbox::none();
        let transaction = match (read, facts) {
            (Some(read), _) if read.value == next => return Ok(HomeWritten::Unchanged),
            (None, _) if next.is_empty() => return Ok(HomeWritten::Unchanged),
            (Some(read), None) => {
                return match self.table.replace(read, next, &none).await {
                    Ok(_) => Ok(HomeWritten::Applied),
                    Err(Conflict::Item(_)) => Ok(HomeWritten::Conflict),
                    Err(Conflict::Store(error)) => Err(error),
                };
            }
            (Some(read), Some(_)) => self.table.transaction().replace(read, &next, &none),
            (None, _) => self.table.transaction().create(&next, &none),
        };
        // Deleted accounts get no home.
        let transaction = transaction.unless_forgotten(next.user_id);
        let transaction = match facts {
            Some(facts) => transaction.unchanged(facts),
            None => transaction,
        };
        match Box::pin(transaction.commit()).await {
            Ok(()) => Ok(HomeWritten::Applied),
            Err(TransactionError::Cancelled(why)) if why.failed(1) => Ok(HomeWritten::Forgotten),
            Err(TransactionError::Cancelled(_)) => Ok(HomeWritten::Conflict),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Marks a user as erased: from here on they get no home.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes the home of a user who is marked as erased.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}
