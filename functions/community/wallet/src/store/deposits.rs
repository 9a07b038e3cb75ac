//! Deposits, and payments that belong to nobody any more.

use dynamo::{Conflict, Entity, IndexKey, Key, Outbox, Read, StoreError, Transaction, Versioned};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use payment_providers::{ProviderPaymentId, SweepRetry};
use serde::{Deserialize, Serialize};
use types::{DepositId, UserId};

use super::disputes::{PaymentReference, with_debtor};
use super::{NotPosted, Posted, Store, UNFINISHED_SHARDS, Wallet, changed_or};
use crate::domain::deposit::{Deposit, DepositStatus};
use crate::domain::ledger::Transfer;
use crate::domain::limits::{CARD_DECLINES, CARD_PAYMENTS};

/// What a key sorts by that has one item only.
const ONLY: &str = "payment";

impl Entity for Deposit {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        deposit_key(self.user_id, self.id)
    }

    /// What is under way is found by when the provider is asked about it; what is held, by when it is released.
    fn index(&self) -> Option<IndexKey<Wallet>> {
        let shard = self.id.uuid().as_u128() % u128::from(UNFINISHED_SHARDS);
        if self.status == DepositStatus::Pending {
            let due = self.look_at.as_millisecond();
            return Some(IndexKey::new("unpaid", shard, format!("due#{due:015}#{}", self.id)));
        }
        let due = self.release_due_at()?.as_millisecond();
        Some(IndexKey::new("held", shard, format!("due#{due:015}#{}", self.id)))
    }
}

fn deposit_key(user: UserId, id: DepositId) -> Key<Wallet> {
    Key::new("user", user, format!("deposit#{id}"))
}

/// What leads from the provider's id of a payment to its deposit, if a deposit was paid by another payment than it began with.
fn other_payment(before: &Deposit, next: &Deposit, now: Timestamp) -> Option<PaymentReference> {
    (before.payment_id != next.payment_id).then(|| PaymentReference::new(&next.payment_id, &next.reference(), now))
}

/// Money that came for a deleted account: it goes back to the card. Nothing in it says whose it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// The provider's id of the payment.
    pub payment_id: ProviderPaymentId,
    /// Time of the webhook.
    pub since: Timestamp,
    /// True once it was given back: it then ends by itself.
    pub refunded: bool,
    /// When giving it back is attempted next, if an attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<SweepRetry>,
}

impl Orphan {
    /// Money that just came.
    pub const fn new(payment_id: ProviderPaymentId, since: Timestamp) -> Self {
        Self { payment_id, since, refunded: false, retry: None }
    }

    /// When giving it back is attempted next.
    pub fn due_at(&self) -> Timestamp {
        self.retry.map_or(self.since, |retry| retry.at)
    }
}

/// How long an orphan is remembered that was given back, in seconds: longer than messages are repeated.
const ORPHAN_SECONDS: i64 = 30 * 24 * 60 * 60;

impl Entity for Orphan {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        Key::new("orphan", &self.payment_id, ONLY)
    }

    fn index(&self) -> Option<IndexKey<Wallet>> {
        let due = self.due_at().as_millisecond();
        (!self.refunded).then(|| IndexKey::new("orphans", "all", format!("due#{due:015}#{}", self.payment_id)))
    }

    fn expires_at(&self) -> Option<i64> {
        self.refunded.then(|| self.since.as_second() + ORPHAN_SECONDS)
    }
}

/// What is known before a deposit is opened.
#[derive(Debug)]
pub struct Opening {
    /// The deposit of the same request, if it was opened before.
    pub before: Option<Versioned<Deposit>>,
    payments: u32,
    declines: u32,
}

impl Opening {
    /// Refuses a further card payment of a user who has requested too many today, or of whom too many were declined.
    pub fn admit(&self, now: Timestamp) -> Result<(), Exceeded> {
        CARD_DECLINES.judge(self.declines, now)?;
        CARD_PAYMENTS.judge(self.payments, now)
    }
}

/// Outcome of opening a deposit.
#[derive(Debug)]
pub enum Opened {
    /// It was opened.
    Now(Box<Versioned<Deposit>>),
    /// The same request opened it before.
    Before(Box<Versioned<Deposit>>),
    /// The account was deleted.
    Forgotten,
    /// The user has requested too many card payments today.
    Limit(Exceeded),
}

/// A deposit that was not changed.
#[derive(Debug)]
pub enum NotSettled {
    /// Another writer was faster: this is the newer state.
    Newer(Box<Versioned<Deposit>>),
    /// Its owner deleted their account.
    Forgotten,
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

    /// Reads in one batch what decides whether a deposit is opened.
    pub async fn opening(&self, user: UserId, id: DepositId, now: Timestamp) -> Result<Opening, StoreError> {
        let subject = Subject::User(user);
        let keys = vec![deposit_key(user, id), CARD_PAYMENTS.key(subject, now), CARD_DECLINES.key(subject, now)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok(Opening {
            before: found.take(deposit_key(user, id))?,
            payments: CARD_PAYMENTS.used::<Wallet>(&mut found, subject, now)?,
            declines: CARD_DECLINES.used::<Wallet>(&mut found, subject, now)?,
        })
    }

    /// Writes a new deposit, what leads from its payment to it, and the count of the user's card payments, unless the deposit
    /// is there.
    pub async fn open_deposit(&self, deposit: Deposit) -> Result<Opened, StoreError> {
        let (none, user, now) = (Outbox::none(), deposit.user_id, deposit.created_at);
        let payment = PaymentReference::new(&deposit.payment_id, &deposit.reference(), now);
        let transaction = self.table.transaction().create(&deposit, &none).unless_forgotten(user);
        let transaction = CARD_PAYMENTS.count_in(transaction, Subject::User(user), now).create(&payment, &none);
        let Err(error) = transaction.commit().await else {
            return Ok(Opened::Now(Box::new(Versioned::new(deposit, 1))));
        };
        let cancelled = changed_or(error)?;
        match cancelled.item::<Deposit>(0)? {
            Some(before) => Ok(Opened::Before(Box::new(before))),
            None if cancelled.failed(1) => Ok(Opened::Forgotten),
            None if cancelled.failed(2) => Ok(Opened::Limit(CARD_PAYMENTS.exceeded(now))),
            None => Err(StoreError::Refused("the payment of a new deposit belongs to another".into())),
        }
    }

    /// Changes a deposit that is as it was read, and moves no money. A declined card is counted in the same transaction.
    pub async fn change_deposit(
        &self,
        read: &Versioned<Deposit>,
        next: Deposit,
        declined: Option<Timestamp>,
    ) -> Result<Versioned<Deposit>, NotSettled> {
        let Some(now) = declined else {
            return match self.table.replace(read, next, &Outbox::none()).await {
                Ok(changed) => Ok(changed),
                Err(Conflict::Store(error)) => Err(error.into()),
                Err(Conflict::Item(Some(newer))) => Err(NotSettled::Newer(newer)),
                Err(Conflict::Item(None)) => Err(NotSettled::Forgotten),
            };
        };
        let transaction = self.table.transaction().replace(read, &next, &Outbox::none());
        match CARD_DECLINES.add_in(transaction, Subject::User(next.user_id), now).commit().await {
            Ok(()) => Ok(read.successor(next)),
            Err(error) => {
                changed_or(error)?;
                Err(self.newer_deposit(&next).await?)
            }
        }
    }

    async fn newer_deposit(&self, deposit: &Deposit) -> Result<NotSettled, StoreError> {
        let newer = self.deposit(deposit.user_id, deposit.id).await?;
        Ok(newer.map_or(NotSettled::Forgotten, |newer| NotSettled::Newer(Box::new(newer))))
    }

    /// Moves the money of a deposit that is as it was read, and changes it, in one transaction, once.
    pub async fn settle_deposit(
        &self,
        read: &Versioned<Deposit>,
        next: Deposit,
        transfer: &Transfer,
        outbox: &Outbox,
    ) -> Result<Versioned<Deposit>, NotSettled> {
        let payment = other_payment(&read.value, &next, transfer.at());
        let replaced = |transaction: Transaction<Wallet>| {
            let transaction = with_debtor(transaction.replace(read, &next, outbox), transfer);
            match &payment {
                Some(payment) => transaction.create(payment, &Outbox::none()),
                None => transaction,
            }
        };
        match self.post(transfer, &Outbox::none(), replaced).await {
            Ok(Posted::Now) => Ok(read.successor(next)),
            Ok(Posted::Before(_)) | Err(NotPosted::Beside(_)) => Err(self.newer_deposit(&next).await?),
            Err(NotPosted::Forgotten(_)) => Err(NotSettled::Forgotten),
            Err(NotPosted::Store(error)) => Err(error.into()),
            Err(NotPosted::NotEnough | NotPosted::Full | NotPosted::Other) => {
                Err(StoreError::Refused("a deposit's transfer cannot be made".into()).into())
            }
        }
    }

    /// Deposits in one part of the index that nobody has paid, those first that are to be looked at. May miss the last
    /// second.
    pub async fn unpaid(&self, shard: u8, limit: u32) -> Result<Vec<Versioned<Deposit>>, StoreError> {
        Ok(self.table.list_index(IndexKey::new("unpaid", shard, "due#"), false, limit, None).await?.items)
    }

    /// Deposits in one part of the index whose money is held, those first that are to be released first. May miss the last
    /// second.
    pub async fn held(&self, shard: u8, limit: u32) -> Result<Vec<Versioned<Deposit>>, StoreError> {
        Ok(self.table.list_index(IndexKey::new("held", shard, "due#"), false, limit, None).await?.items)
    }

    /// Records money that came for a deleted account. Idempotent.
    pub async fn keep_orphan(&self, orphan: Orphan) -> Result<(), StoreError> {
        match self.table.create(orphan, &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Money that came for people who are gone, and was not given back yet. May miss the last second.
    pub async fn orphans(&self, limit: u32) -> Result<Vec<Versioned<Orphan>>, StoreError> {
        Ok(self.table.list_index(IndexKey::new("orphans", "all", "due#"), false, limit, None).await?.items)
    }

    /// Writes the next state of an orphan, unless another run was faster.
    pub async fn change_orphan(&self, read: &Versioned<Orphan>, next: Orphan) -> Result<(), StoreError> {
        match self.table.replace(read, next, &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}
