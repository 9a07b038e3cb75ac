//! Money that goes back after it came: refunds, disputes, and the end of a hold.
//!
//! All of it must happen even if the money was sent on: what is missing becomes a debt of the payer.

use dynamo::{ConflictRetry, Outbox, StoreError, Versioned};
use jiff::Timestamp;
use payment_providers::{DisputeId, ProviderPaymentId};
use types::{Money, TransferId};

use crate::deposits::{NotAdvanced, complete, newer};
use crate::domain::account::{Account, Holder, System};
use crate::domain::deposit::{Deposit, TakeBack};
use crate::domain::dispute::Dispute;
use crate::domain::ledger::{Heading, Kind, Posting, Transfer, Unbalanced};
use crate::domain::payment::{Purpose, Reference};
use crate::store::{NotReversed, Store};

/// A dispute as the provider reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    /// The provider's id of the dispute.
    pub dispute: DisputeId,
    /// The provider's id of the payment.
    pub payment: ProviderPaymentId,
    /// The disputed amount.
    pub money: Money,
}

/// Takes from the wallet what the provider gave back to the card: `refunded_minor` in all by now.
pub async fn take_back(
    store: &Store,
    mut read: Versioned<Deposit>,
    refunded_minor: i64,
    now: Timestamp,
) -> Result<Versioned<Deposit>, NotAdvanced> {
    let mut retry = ConflictRetry::default();
    loop {
        let Some(take) = read.value.to_take_back(refunded_minor) else { return Ok(read) };
        let transfer = taken(&read.value, &take, now).map_err(unbalanced)?;
        read = match store.settle_deposit(&read, read.value.refunded(&take), &transfer, &Outbox::none()).await {
            Ok(settled) => return Ok(settled),
            Err(error) => newer(error)?,
        };
        retry.pause().await?;
    }
}

/// The transfer of a refund: held money of the deposit first, then what is available, and the rest as a debt.
fn taken(deposit: &Deposit, take: &TakeBack, now: Timestamp) -> Result<Transfer, Unbalanced> {
    let (total, held) = (take.money.amount_minor, take.held_minor);
    let user = deposit.user_id;
    let postings = [
        (Account::Held(Holder::User(user)), -held),
        (Account::user(user), held - total),
        (Account::System(System::Provider), total),
    ];
    let posting = |(account, amount_minor)| Posting { account, money: Money { amount_minor, ..take.money.clone() } };
    let postings = postings.into_iter().filter(|(_, amount)| *amount != 0).map(posting).collect();
    let reference = Some(deposit.id.uuid());
    let heading = Heading { id: take.transfer_id, kind: Kind::Refund, at: now, reference, message: None };
    Transfer::new(heading, postings).map(Transfer::enforced)
}

/// Makes held money of a deposit available, if its time has come.
pub async fn release(
    store: &Store,
    mut read: Versioned<Deposit>,
    now: Timestamp,
) -> Result<Versioned<Deposit>, NotAdvanced> {
    let mut retry = ConflictRetry::default();
    loop {
        let Some(next) = read.value.released(now) else { return Ok(read) };
        let user = read.value.user_id;
        let id = TransferId::new(types::derive_id(&["deposit_release", &read.value.id.to_string()]));
        let reference = Some(read.value.id.uuid());
        let heading = Heading { id, kind: Kind::Release, at: now, reference, message: None };
        let money = Money { amount_minor: read.value.held_minor, ..read.value.money.clone() };
        let transfer = Transfer::between(heading, Account::Held(Holder::User(user)), Account::user(user), money);
        let transfer = transfer.map_err(unbalanced)?;
        read = match store.settle_deposit(&read, next, &transfer, &Outbox::none()).await {
            Ok(settled) => return Ok(settled),
            Err(error) => newer(error)?,
        };
        retry.pause().await?;
    }
}

/// Freezes the money of a disputed payment. None if the payment is not of this deployment, or nothing of it is left.
pub async fn open_dispute(
    store: &Store,
    disputed: &Disputed,
    now: Timestamp,
) -> Result<Option<Versioned<Dispute>>, NotAdvanced> {
    let Some(reference) = store.payment_reference(&disputed.payment).await? else { return Ok(None) };
    let mut retry = ConflictRetry::default();
    loop {
        if let Some(known) = store.dispute(reference.user, &disputed.dispute).await? {
            return Ok(Some(known));
        }
        let deposit = match reference.purpose {
            Purpose::Deposit(_) => Some(disputed_deposit(store, reference, disputed, now).await?),
            Purpose::Donation(_) => None,
        };
        let money = match &deposit {
            Some(deposit) => deposit.value.disputable(&disputed.money),
            None => Some(disputed.money.clone()),
        };
        let Some(money) = money else { return Ok(None) };
        let held = deposit.as_ref().map_or(0, |deposit| deposit.value.held_minor).min(money.amount_minor);
        let id = disputed.dispute.clone();
        let dispute = Dispute::opened(id, reference.user, reference.purpose.uuid(), money, now);
        let transfer = dispute.freeze(held, now).map_err(unbalanced)?;
        let next = deposit.map(|read| (read.value.disputed(dispute.money.amount_minor), read));
        match store.open_dispute(&dispute, next, transfer.as_ref()).await {
            Ok(opened) => return Ok(Some(opened)),
            Err(NotReversed::Changed) => retry.pause().await?,
            Err(NotReversed::Forgotten) => return Err(NotAdvanced::Forgotten),
            Err(NotReversed::Store(error)) => return Err(error.into()),
        }
    }
}

/// The deposit of a disputed payment. What is disputed had come, whether or not that was reported yet.
async fn disputed_deposit(
    store: &Store,
    reference: Reference,
    disputed: &Disputed,
    now: Timestamp,
) -> Result<Versioned<Deposit>, NotAdvanced> {
    let Purpose::Deposit(id) = reference.purpose else { return Err(NotAdvanced::Forgotten) };
    let read = store.deposit(reference.user, id).await?.ok_or(NotAdvanced::Forgotten)?;
    let money = read.value.money.clone();
    complete(store, read, &disputed.payment, &money, now).await
}

/// Ends a dispute: the money is released, or goes back to the card. A dispute that was not reported before is opened first.
pub async fn close_dispute(store: &Store, disputed: &Disputed, lost: bool, now: Timestamp) -> Result<(), NotAdvanced> {
    let mut retry = ConflictRetry::default();
    loop {
        let Some(read) = open_dispute(store, disputed, now).await? else { return Ok(()) };
        let Some(next) = read.value.closed(lost, now) else { return Ok(()) };
        let transfer = read.value.settle(lost, now).map_err(unbalanced)?;
        let deposit = store.deposit(read.value.user_id, types::DepositId::new(read.value.about)).await?;
        // What was lost stays counted as disputed: it cannot be refunded, too.
        let deposit = deposit.filter(|_| !lost);
        let undisputed = deposit.map(|read| (read.value.undisputed(next.money.amount_minor), read));
        match store.close_dispute(&read, &next, undisputed, &transfer).await {
            Ok(()) => return Ok(()),
            Err(NotReversed::Changed) => retry.pause().await?,
            Err(NotReversed::Forgotten) => return Err(NotAdvanced::Forgotten),
            Err(NotReversed::Store(error)) => return Err(error.into()),
        }
    }
}

fn unbalanced(error: Unbalanced) -> StoreError {
    StoreError::Refused(error.to_string())
}
