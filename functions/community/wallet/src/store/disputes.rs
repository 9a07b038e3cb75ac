//! Disputes, the payments that they are about, and users who owe money.

use dynamo::{
    ConflictRetry, Entity, IndexKey, Key, Outbox, Read, StoreError, Transaction, TransactionError, Versioned,
};
use jiff::Timestamp;
use payment_providers::{DisputeId, ProviderPaymentId};
use serde::{Deserialize, Serialize};
use types::UserId;

use super::{NotPosted, Posted, Store, UNFINISHED_SHARDS, Wallet};
use crate::domain::account::Holder;
use crate::domain::deposit::Deposit;
use crate::domain::dispute::{Debtor, Dispute};
use crate::domain::ledger::Transfer;
use crate::domain::payment::Reference;

/// How long a payment is found by the provider's id, in seconds: cardholders may dispute a payment for 540 days at most.
const PAYMENT_SECONDS: i64 = 600 * 24 * 60 * 60;

/// Leads from the provider's id of a payment to its deposit or donation. Events of disputes have no other reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReference {
    /// The provider's id.
    pub payment_id: ProviderPaymentId,
    /// The reference that the payment was created with.
    pub reference: String,
    /// Time from which it is no longer needed, in seconds since 1970.
    pub until: i64,
}

impl PaymentReference {
    /// The reference of a payment that was just created.
    pub fn new(payment_id: &ProviderPaymentId, reference: &Reference, now: Timestamp) -> Self {
        let until = now.as_second() + PAYMENT_SECONDS;
        Self { payment_id: payment_id.clone(), reference: reference.to_string(), until }
    }
}

impl Entity for PaymentReference {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        payment_key(&self.payment_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

fn payment_key(id: &ProviderPaymentId) -> Key<Wallet> {
    Key::new("payment", id, "payment")
}

impl Entity for Dispute {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        dispute_key(self.user_id, &self.dispute_id)
    }
}

fn dispute_key(user: UserId, id: &DisputeId) -> Key<Wallet> {
    Key::new("user", user, format!("dispute#{id}"))
}

impl Entity for Debtor {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        debtor_key(self.user_id)
    }

    /// Operators find debtors there.
    fn index(&self) -> Option<IndexKey<Wallet>> {
        let shard = self.user_id.uuid().as_u128() % u128::from(UNFINISHED_SHARDS);
        Some(IndexKey::new("debtors", shard, format!("debtor#{}", self.user_id)))
    }
}

pub(super) fn debtor_key(user: UserId) -> Key<Wallet> {
    Key::new("user", user, "debtor")
}

/// Why a dispute was not opened or closed.
#[derive(Debug)]
pub enum NotReversed {
    /// Something changed meanwhile: read again.
    Changed,
    /// The payer's account was deleted.
    Forgotten,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotReversed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Adds the mark of a debtor, if the transfer can create a debt.
pub(super) fn with_debtor(transaction: Transaction<Wallet>, transfer: &Transfer) -> Transaction<Wallet> {
    match Debtor::of(transfer) {
        Some(debtor) => transaction.count(&debtor, "times", 1, 0..=i64::MAX),
        None => transaction,
    }
}

/// Adds the next state of a deposit.
fn with_deposit(transaction: Transaction<Wallet>, next: Option<&(Deposit, Versioned<Deposit>)>) -> Transaction<Wallet> {
    match next {
        Some((next, read)) => transaction.replace(read, next, &Outbox::none()),
        None => transaction,
    }
}

impl Store {
    /// What a payment of this deployment is for.
    pub async fn payment_reference(&self, id: &ProviderPaymentId) -> Result<Option<Reference>, StoreError> {
        let read = self.table.get::<PaymentReference>(payment_key(id), Read::Strong).await?;
        let Some(read) = read else { return Ok(None) };
        let unreadable = |_| StoreError::Refused("a payment's reference cannot be read".into());
        read.value.reference.parse().map(Some).map_err(unreadable)
    }

    /// A dispute as it is now.
    pub async fn dispute(&self, user: UserId, id: &DisputeId) -> Result<Option<Versioned<Dispute>>, StoreError> {
        self.table.get(dispute_key(user, id), Read::Strong).await
    }

    /// Writes a new dispute, moves its money, and changes its deposit, in one transaction. All of its money may be held
    /// already, so that none moves.
    pub async fn open_dispute(
        &self,
        dispute: &Dispute,
        deposit: Option<(Deposit, Versioned<Deposit>)>,
        transfer: Option<&Transfer>,
    ) -> Result<Versioned<Dispute>, NotReversed> {
        let opened = || Versioned::new(dispute.clone(), 1);
        let create = |transaction: Transaction<Wallet>| {
            with_deposit(transaction.create(dispute, &Outbox::none()), deposit.as_ref())
        };
        let Some(transfer) = transfer else {
            let transaction = create(self.table.transaction()).unless_forgotten(dispute.user_id);
            return match transaction.commit().await {
                Ok(()) => Ok(opened()),
                Err(TransactionError::Store(error)) => Err(error.into()),
                Err(TransactionError::Cancelled(_)) => Err(NotReversed::Changed),
            };
        };
        let beside = |transaction| with_debtor(create(transaction), transfer);
        reversed(self.post(transfer, &Outbox::none(), beside).await).map(|()| opened())
    }

    /// Closes a dispute that is as it was read, moves its money, and changes its deposit, in one transaction.
    pub async fn close_dispute(
        &self,
        read: &Versioned<Dispute>,
        next: &Dispute,
        deposit: Option<(Deposit, Versioned<Deposit>)>,
        transfer: &Transfer,
    ) -> Result<(), NotReversed> {
        let beside = |transaction: Transaction<Wallet>| {
            with_deposit(transaction.replace(read, next, &Outbox::none()), deposit.as_ref())
        };
        reversed(self.post(transfer, &Outbox::none(), beside).await)
    }

    /// Whether a user owes something in any currency. A mark without a debt is removed.
    pub async fn owes(&self, user: UserId) -> Result<bool, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let Some(read) = self.table.get::<Debtor>(debtor_key(user), Read::Strong).await? else { return Ok(false) };
            if self.totals(Holder::User(user)).await?.values().any(|total| total.owed > 0) {
                return Ok(true);
            }
            // A new debt changes the mark's version, so that it is not removed with an old one.
            match self.table.transaction().delete(&read).commit().await {
                Ok(()) => return Ok(false),
                Err(TransactionError::Store(error)) => return Err(error),
                Err(TransactionError::Cancelled(_)) => retry.pause().await?,
            }
        }
    }
}

fn reversed(posted: Result<Posted, NotPosted>) -> Result<(), NotReversed> {
    match posted {
        Ok(Posted::Now) => Ok(()),
        Ok(Posted::Before(_)) | Err(NotPosted::Beside(_)) => Err(NotReversed::Changed),
        Err(NotPosted::Forgotten(_)) => Err(NotReversed::Forgotten),
        Err(NotPosted::Store(error)) => Err(error.into()),
        Err(NotPosted::NotEnough | NotPosted::Full | NotPosted::Other) => {
            Err(StoreError::Refused("a dispute's transfer cannot be posted".into()).into())
        }
    }
}
