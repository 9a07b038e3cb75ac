//! How pictures lie in the table. The key table is in this context's README.

use contracts::billing::EntitlementChanged;
use dynamo::{
    Cancelled, Conflict, ConflictRetry, Context, Cursor, Entity, Forgotten, IndexKey, Key, Outbox, Outcome, Page, Read,
    StoreError, Table, TransactionError, Versioned,
};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use types::{MediaId, UserId};

use crate::domain::account::{Account, QuotaExceeded};
use crate::domain::limits::UPLOADS;
use crate::domain::medium::{Medium, Status};

mod profiles;

/// Over how many partitions of the index what is under way is spread.
pub const SHARDS: u8 = 8;
/// What an index key sorts by that has one item only.
const ONLY: &str = "medium";

/// The context's name in keys.
#[derive(Debug)]
pub struct Media;

impl Context for Media {
    const NAME: &'static str = "media";
}

impl Entity for Medium {
    type Context = Media;

    fn key(&self) -> Key<Media> {
        medium_key(self.owner_id, self.id)
    }

    /// What is published is found by its id alone; what is under way, by the time when the sweep must handle it.
    fn index(&self) -> Option<IndexKey<Media>> {
        if matches!(self.status, Status::Published { .. }) {
            return Some(published_key(self.id));
        }
        let due = self.due_at()?;
        let shard = self.id.uuid().as_u128() % u128::from(SHARDS);
        // Whole milliseconds in a fixed width sort as times do.
        Some(IndexKey::new("unfinished", shard, format!("due#{:015}#{}", due.as_millisecond(), self.id)))
    }

    fn expires_at(&self) -> Option<i64> {
        self.forgotten_at().map(Timestamp::as_second)
    }
}

impl Entity for Account {
    type Context = Media;

    fn key(&self) -> Key<Media> {
        Key::new("user", self.user_id, "account")
    }
}

fn medium_key(owner: UserId, id: MediaId) -> Key<Media> {
    Key::new("user", owner, format!("item#{id}"))
}

fn published_key(id: MediaId) -> IndexKey<Media> {
    IndexKey::new("published", id, ONLY)
}

/// Why a picture was not added.
#[derive(Debug)]
pub enum NotAdded {
    /// It was added before.
    Exists(Box<Versioned<Medium>>),
    /// There is no room for it.
    QuotaExceeded(QuotaExceeded),
    /// Its owner has added too many today.
    Limit(Exceeded),
    /// Its owner was deleted.
    Forgotten,
    /// The table failed.
    Store(StoreError),
}

/// Why a picture was not changed.
#[derive(Debug)]
pub enum NotChanged {
    /// Another writer was faster: this is the newer state, if it is still there.
    Newer(Option<Box<Versioned<Medium>>>),
    /// The table failed.
    Store(StoreError),
}

macro_rules! from_store {
    ($($error:ident),+) => {$(
        impl From<StoreError> for $error {
            fn from(error: StoreError) -> Self {
                Self::Store(error)
            }
        }
    )+};
}

from_store!(NotAdded, NotChanged);

impl From<Conflict<Medium>> for NotChanged {
    fn from(conflict: Conflict<Medium>) -> Self {
        match conflict {
            Conflict::Item(newer) => Self::Newer(newer),
            Conflict::Store(error) => Self::Store(error),
        }
    }
}

/// Pictures in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Media>,
    default_plan: Option<String>,
}

impl kit::OpenStore for Store {
    type Context = Media;

    fn open(table: Table<Media>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// The pictures in this table.
    pub fn new(table: Table<Media>) -> Self {
        Self { table, default_plan: None }
    }

    /// With the plan of new accounts, by which the quota of users goes whose plan never changed.
    #[must_use]
    pub fn with_default_plan(self, default_plan: Option<String>) -> Self {
        Self { default_plan, ..self }
    }

    /// A picture of this owner, as it stands now.
    pub async fn medium(&self, owner: UserId, id: MediaId) -> Result<Option<Versioned<Medium>>, StoreError> {
        self.table.get(medium_key(owner, id), Read::Strong).await
    }

    /// A picture that everybody may see, of whomever. May miss the last second.
    pub async fn published(&self, id: MediaId) -> Result<Option<Versioned<Medium>>, StoreError> {
        Ok(self.table.list_index(published_key(id), false, 1, None).await?.items.pop())
    }

    /// A page of an owner's pictures, in the order of their ids.
    pub async fn list(&self, owner: UserId, page: kit::http::Page) -> Result<Page<Medium>, StoreError> {
        self.table.list(Key::new("user", owner, "item#"), false, page.limit, page.cursor).await
    }

    /// A page of the pictures of an owner; strongly consistent.
    pub async fn pictures_of(
        &self,
        owner: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Medium>, StoreError> {
        self.table.list_strong(Key::new("user", owner, "item#"), false, limit, after).await
    }

    /// What an owner uses, as it stands now.
    pub async fn account(&self, owner: UserId) -> Result<Option<Versioned<Account>>, StoreError> {
        self.table.get(Account::new(owner).key(), Read::Strong).await
    }

    /// Adds a picture and reserves room for it, both or neither.
    pub async fn add(
        &self,
        medium: Medium,
        mut read: Option<Versioned<Account>>,
    ) -> Result<Versioned<Medium>, NotAdded> {
        let owner = medium.owner_id;
        let mut retry = ConflictRetry::default();
        loop {
            let account = read.as_ref().map_or_else(|| Account::new(owner), |read| read.value.clone());
            let reserved = match account.reserve(medium.bytes, self.default_plan.as_deref(), medium.created_at) {
                Ok(reserved) => reserved,
                Err(exceeded) => {
                    return Err(self.added_before(&medium).await?.unwrap_or(NotAdded::QuotaExceeded(exceeded)));
                }
            };
            let transaction = self.table.transaction().create(&medium, &Outbox::none());
            let transaction = match &read {
                Some(read) => transaction.replace(read, &reserved, &Outbox::none()),
                None => transaction.create(&reserved, &Outbox::none()),
            };
            let transaction = transaction.unless_forgotten(owner);
            match UPLOADS.count_in(transaction, Subject::User(owner), medium.created_at).commit().await {
                Ok(()) => return Ok(Versioned::new(medium, 1)),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(2) => return Err(NotAdded::Forgotten),
                Err(TransactionError::Cancelled(cancelled)) => {
                    if let Some(before) = cancelled.item::<Medium>(0)? {
                        return Err(NotAdded::Exists(Box::new(before)));
                    }
                    if cancelled.failed(3) {
                        return Err(NotAdded::Limit(UPLOADS.exceeded(medium.created_at)));
                    }
                    read = cancelled.item::<Account>(1)?;
                }
            }
            retry.pause().await?;
        }
    }

    /// Who repeats the request that took the last room gets what they got then, and is not told that there is none.
    async fn added_before(&self, medium: &Medium) -> Result<Option<NotAdded>, StoreError> {
        let before = self.medium(medium.owner_id, medium.id).await?;
        Ok(before.map(|before| NotAdded::Exists(Box::new(before))))
    }

    /// Changes a picture that still is as it was read. Room that it does not hold any more is free again, in the same
    /// transaction, so that it is freed once.
    pub async fn change(
        &self,
        read: &Versioned<Medium>,
        next: Medium,
        outbox: &Outbox,
    ) -> Result<Versioned<Medium>, NotChanged> {
        if next.holds_room() == read.value.holds_room() {
            return Ok(self.table.replace(read, next, outbox).await?);
        }
        self.end(read, Some(&next), outbox).await?;
        Ok(read.successor(next))
    }

    /// Removes a picture that still is as it was read, and frees its room.
    pub async fn remove(&self, read: &Versioned<Medium>) -> Result<(), NotChanged> {
        self.end(read, None, &Outbox::none()).await
    }

    async fn end(&self, read: &Versioned<Medium>, next: Option<&Medium>, outbox: &Outbox) -> Result<(), NotChanged> {
        let mut account = self.account(read.value.owner_id).await?;
        let mut retry = ConflictRetry::default();
        loop {
            let transaction = self.table.transaction();
            let transaction = match next {
                Some(next) => transaction.replace(read, next, outbox),
                None => transaction.delete(read),
            };
            let transaction = match &account {
                Some(account) => {
                    transaction.replace(account, &account.value.release(read.value.bytes), &Outbox::none())
                }
                None => transaction,
            };
            match transaction.commit().await {
                Ok(()) => return Ok(()),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) => account = Self::newer_account(&cancelled)?,
            }
            retry.pause().await?;
        }
    }

    /// The account that stood in the way, unless the picture itself did.
    fn newer_account(cancelled: &Cancelled) -> Result<Option<Versioned<Account>>, NotChanged> {
        if cancelled.failed(0) {
            return Err(NotChanged::Newer(cancelled.item::<Medium>(0)?.map(Box::new)));
        }
        Ok(cancelled.item::<Account>(1)?)
    }

    /// Stores the plan of a user's account, unless what is known is as new. False if there was nothing to store.
    pub async fn keep_plan(&self, user: UserId, plan: &str, since: Timestamp) -> Result<bool, StoreError> {
        self.keep(user, |account| account.on_plan(plan, since)).await
    }

    /// Stores what billing says of a user's plan, unless what is known is as new. False if there was nothing to store.
    pub async fn keep_entitlement(&self, event: &EntitlementChanged) -> Result<bool, StoreError> {
        self.keep(event.user_id, |account| account.entitled(event)).await
    }

    async fn keep(&self, user: UserId, change: impl Fn(&Account) -> Option<Account>) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<Account>>| {
            let account = known.map_or_else(|| Account::new(user), |known| known.value.clone());
            change(&account).into()
        };
        let outcome: Outcome<Account> =
            self.table.update_unless_forgotten(user, Account::new(user).key(), decide).await?;
        Ok(outcome.is_applied())
    }

    /// What is under way in one part of the index, the longest due first. May miss the last second.
    pub async fn unfinished(&self, shard: u8, limit: u32) -> Result<Vec<Versioned<Medium>>, StoreError> {
        let prefix = IndexKey::new("unfinished", shard, "due#");
        Ok(self.table.list_index(prefix, false, limit, None).await?.items)
    }

    /// Deletes all that is held on a person.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }
}
