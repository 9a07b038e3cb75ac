//! Deposits, and payments that belong to nobody any more.

use dynamo::{Conflict, Entity, IndexKey, Key, Outbox, Read, StoreError, Transaction, Versioned};
use jiff::Timestamp;
use payments::PaymentId;
use serde::{Deserialize, Serialize};
use types::{DepositId, UserId};

use super::{NotPosted, Posted, Store, UNFINISHED_SHARDS, Wallet, changed_or};
use crate::domain::deposit::{Deposit, DepositStatus};
use crate::domain::ledger::Transfer;

/// What a key sorts by that has one item only.
const ONLY: &str = "payment";

impl Entity for Deposit {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        deposit_key(self.user_id, self.id)
    }

    /// What is under way is found by when the provider is asked about it; what went wrong, by that.
    fn index(&self) -> Option<IndexKey<Wallet>> {
        let shard = self.id.uuid().as_u128() % u128::from(UNFINISHED_SHARDS);
        if self.status == DepositStatus::Pending {
            let due = self.look_at.as_millisecond();
            return Some(IndexKey::new("unpaid", shard, format!("due#{due:015}#{}", self.id)));
        }
        self.needs_attention().then(|| IndexKey::new("attention", shard, format!("deposit#{}", self.id)))
    }
}

fn deposit_key(user: UserId, id: DepositId) -> Key<Wallet> {
    Key::new("user", user, format!("deposit#{id}"))
}

/// Money that came for somebody who is gone: it goes back to the card. Nothing in it says whose it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// The provider's id of the payment.
    pub payment_id: PaymentId,
    /// When it was told.
    pub since: Timestamp,
    /// True once it was given back: it then ends by itself.
    pub refunded: bool,
}

/// How long an orphan is remembered that was given back, in seconds: longer than messages are repeated.
const ORPHAN_SECONDS: i64 = 30 * 24 * 60 * 60;

impl Entity for Orphan {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        Key::new("orphan", &self.payment_id, ONLY)
    }

    fn index(&self) -> Option<IndexKey<Wallet>> {
        let since = self.since.as_millisecond();
        (!self.refunded).then(|| IndexKey::new("orphans", "all", format!("since#{since:015}#{}", self.payment_id)))
    }

    fn expires_at(&self) -> Option<i64> {
        self.refunded.then(|| self.since.as_second() + ORPHAN_SECONDS)
    }
}

/// A deposit that was asked for.
#[derive(Debug)]
pub enum Opened {
    /// Now, or before under the same id: this is what stands there.
    As(Box<Versioned<Deposit>>),
    /// Not at all: the account is gone.
    Forgotten,
}

/// A deposit that was not changed.
#[derive(Debug)]
pub enum NotSettled {
    /// Somebody else changed it: this is the newer state.
    Newer(Box<Versioned<Deposit>>),
    /// Its owner deleted their account.
    Forgotten,
    /// The wallet has less than is taken.
    NotEnough,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotSettled {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// A deposit of this person, as it stands now.
    pub async fn deposit(&self, user: UserId, id: DepositId) -> Result<Option<Versioned<Deposit>>, StoreError> {
        self.table.get(deposit_key(user, id), Read::Strong).await
    }

    /// Writes down a deposit that somebody asks for, unless it is there.
    pub async fn open_deposit(&self, deposit: Deposit) -> Result<Opened, StoreError> {
        let transaction = self.table.transaction().create(&deposit, &Outbox::none());
        let Err(error) = transaction.unless_forgotten(deposit.user_id).commit().await else {
            return Ok(Opened::As(Box::new(Versioned::new(deposit, 1))));
        };
        match changed_or(error)?.item::<Deposit>(0)? {
            Some(before) => Ok(Opened::As(Box::new(before))),
            None => Ok(Opened::Forgotten),
        }
    }

    /// Changes a deposit that is as it was read, and moves no money.
    pub async fn change_deposit(
        &self,
        read: &Versioned<Deposit>,
        next: Deposit,
    ) -> Result<Versioned<Deposit>, NotSettled> {
        match self.table.replace(read, next, &Outbox::none()).await {
            Ok(changed) => Ok(changed),
            Err(Conflict::Store(error)) => Err(error.into()),
            Err(Conflict::Item(Some(newer))) => Err(NotSettled::Newer(newer)),
            Err(Conflict::Item(None)) => Err(NotSettled::Forgotten),
        }
    }

    /// Moves the money of a deposit that is as it was read, and changes it, in one transaction, once.
    pub async fn settle_deposit(
        &self,
        read: &Versioned<Deposit>,
        next: Deposit,
        transfer: &Transfer,
        outbox: &Outbox,
    ) -> Result<Versioned<Deposit>, NotSettled> {
        let replaced = |transaction: Transaction<Wallet>| transaction.replace(read, &next, outbox);
        match self.post(transfer, &Outbox::none(), replaced).await {
            Ok(Posted::Now) => Ok(read.successor(next)),
            Ok(Posted::Before(_)) | Err(NotPosted::Beside(_)) => {
                let newer = self.deposit(next.user_id, next.id).await?;
                Err(newer.map_or(NotSettled::Forgotten, |newer| NotSettled::Newer(Box::new(newer))))
            }
            Err(NotPosted::Forgotten(_)) => Err(NotSettled::Forgotten),
            Err(NotPosted::NotEnough) => Err(NotSettled::NotEnough),
            Err(NotPosted::Store(error)) => Err(error.into()),
            Err(NotPosted::Full | NotPosted::Other) => {
                Err(StoreError::Refused("a deposit's transfer cannot be made".into()).into())
            }
        }
    }

    /// Deposits in one part of the index that nobody has paid, those first that are to be looked at. May miss the last
    /// second.
    pub async fn unpaid(&self, shard: u8, limit: u32) -> Result<Vec<Versioned<Deposit>>, StoreError> {
        Ok(self.table.list_index(IndexKey::new("unpaid", shard, "due#"), false, limit, None).await?.items)
    }

    /// Remembers money that came for somebody who is gone. Doing it twice does no harm.
    pub async fn keep_orphan(&self, orphan: Orphan) -> Result<(), StoreError> {
        match self.table.create(orphan, &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Money that came for people who are gone, and was not given back yet. May miss the last second.
    pub async fn orphans(&self, limit: u32) -> Result<Vec<Versioned<Orphan>>, StoreError> {
        Ok(self.table.list_index(IndexKey::new("orphans", "all", "since#"), false, limit, None).await?.items)
    }

    /// Notes that an orphan was given back.
    pub async fn end_orphan(&self, read: &Versioned<Orphan>) -> Result<(), StoreError> {
        let ended = Orphan { refunded: true, ..read.value.clone() };
        match self.table.replace(read, ended, &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}
