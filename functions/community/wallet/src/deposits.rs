//! What the endpoint, the webhook and the sweep do with deposits: each may come first, or again.

use contracts::wallet::DepositCompleted;
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{ConflictRetry, Outbox, StoreError, Versioned};
use jiff::Timestamp;
use payment_providers::{ClientSecret, Payment, PaymentError, PaymentProvider, ProviderPaymentId};
use types::{EventId, Money, TransferId};

use crate::charging::{Charged, drive};
use crate::domain::account::{Account, Holder, System};
use crate::domain::charging::Plan;
use crate::domain::currency;
use crate::domain::deposit::{Deposit, DepositStatus, OtherAmount};
use crate::domain::ledger::{Heading, Kind, Transfer};
use crate::domain::limits::is_decline;
use crate::domain::notice::Notice;
use crate::store::{NotSettled, Store};

/// Why a deposit did not get further.
#[derive(Debug, thiserror::Error)]
pub enum NotAdvanced {
    /// The provider gave no answer that could be used.
    #[error("the payment provider: {0}")]
    Provider(#[from] PaymentError),
    /// The same once a card may be being charged.
    #[error("the payment provider, while charging: {0}")]
    Charging(PaymentError),
    /// The account is gone.
    #[error("the account is gone")]
    Forgotten,
    /// Another amount came than was asked for.
    #[error(transparent)]
    Amount(#[from] OtherAmount),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event cannot be written.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

/// A deposit, and what the client needs to pay it.
#[derive(Debug)]
pub struct Progress {
    /// As it stands now.
    pub deposit: Versioned<Deposit>,
    /// For the client, while it may pay.
    pub client_secret: Option<ClientSecret>,
}

/// Advances a deposit as far as possible now. `may_charge` is false for the sweep, for which nobody waits: it charges no card.
pub async fn advance(
    store: &Store,
    provider: &dyn PaymentProvider,
    deposit: Versioned<Deposit>,
    may_charge: bool,
    now: Timestamp,
) -> Result<Progress, NotAdvanced> {
    if deposit.value.status != DepositStatus::Pending {
        return Ok(Progress { deposit, client_secret: None });
    }
    let payment = provider.find(&deposit.value.payment_id).await?;
    advance_from(store, provider, deposit, payment, may_charge, now).await
}

/// [`advance`] of a pending deposit whose payment was read just now.
pub async fn advance_from(
    store: &Store,
    provider: &dyn PaymentProvider,
    deposit: Versioned<Deposit>,
    payment: Payment,
    may_charge: bool,
    now: Timestamp,
) -> Result<Progress, NotAdvanced> {
    let reference = deposit.value.reference();
    let method = deposit.value.method.clone();
    let plan = Plan { method: method.as_ref(), may_charge, give_up: deposit.value.is_given_up(now) };
    let payment_id = payment.id.clone();
    match drive(provider, &reference, payment, plan).await.map_err(NotAdvanced::Charging)? {
        Charged::Paid(payment) => {
            let deposit = complete(store, deposit, &payment_id, &payment.money, now).await?;
            Ok(Progress { deposit, client_secret: None })
        }
        Charged::Waiting(payment) => Ok(Progress { deposit, client_secret: payment.client_secret }),
        Charged::Ended { reason } => {
            let declined = is_decline(&reason).then_some(now);
            let failed = change(store, deposit, declined, |deposit| deposit.failed(&reason)).await?;
            Ok(Progress { deposit: failed, client_secret: None })
        }
    }
}

/// Ends a deposit of which nothing was charged.
pub async fn fail(store: &Store, read: Versioned<Deposit>, reason: &str) -> Result<Versioned<Deposit>, NotAdvanced> {
    change(store, read, None, |deposit| deposit.failed(reason)).await
}

/// Says when the provider is asked about a deposit again.
pub async fn look_later(
    store: &Store,
    read: Versioned<Deposit>,
    now: Timestamp,
) -> Result<Versioned<Deposit>, NotAdvanced> {
    let is_pending = |deposit: &Deposit| deposit.status == DepositStatus::Pending;
    change(store, read, None, |deposit| is_pending(deposit).then(|| deposit.looked_at(now))).await
}

/// Changes a deposit as `decide` says, again if others were faster. A card that was declined now is counted with the change.
async fn change(
    store: &Store,
    mut read: Versioned<Deposit>,
    declined: Option<Timestamp>,
    decide: impl Fn(&Deposit) -> Option<Deposit>,
) -> Result<Versioned<Deposit>, NotAdvanced> {
    let mut retry = ConflictRetry::default();
    loop {
        let Some(next) = decide(&read.value) else { return Ok(read) };
        read = match store.change_deposit(&read, next, declined).await {
            Ok(changed) => return Ok(changed),
            Err(error) => newer(error)?,
        };
        retry.pause().await?;
    }
}

pub(crate) fn newer(error: NotSettled) -> Result<Versioned<Deposit>, NotAdvanced> {
    match error {
        NotSettled::Newer(newer) => Ok(*newer),
        NotSettled::Forgotten => Err(NotAdvanced::Forgotten),
        NotSettled::Store(error) => Err(error.into()),
    }
}

/// Puts the money of a payment into the wallet, once.
pub async fn complete(
    store: &Store,
    mut read: Versioned<Deposit>,
    payment: &ProviderPaymentId,
    paid: &Money,
    now: Timestamp,
) -> Result<Versioned<Deposit>, NotAdvanced> {
    let mut retry = ConflictRetry::default();
    loop {
        let Some(next) = read.value.completed(payment, paid, store.card_hold(), now)? else { return Ok(read) };
        let transfer = credit(&next, now)?;
        let outbox = completed(&next, now)?;
        read = match store.settle_deposit(&read, next, &transfer, &outbox).await {
            Ok(settled) => return Ok(settled),
            Err(error) => newer(error)?,
        };
        retry.pause().await?;
    }
}

fn credit(deposit: &Deposit, now: Timestamp) -> Result<Transfer, StoreError> {
    let id = TransferId::new(types::derive_id(&["deposit", &deposit.id.to_string()]));
    let heading = Heading { id, kind: Kind::Deposit, at: now, reference: Some(deposit.id.uuid()), message: None };
    let holder = Holder::User(deposit.user_id);
    let to = if deposit.held_minor > 0 { Account::Held(holder) } else { Account::Free(holder) };
    let from = Account::System(System::Provider);
    Transfer::between(heading, from, to, deposit.money.clone()).map_err(|error| StoreError::Refused(error.to_string()))
}

fn completed(deposit: &Deposit, now: Timestamp) -> Result<Outbox, OutboxError> {
    let (deposit_id, user_id, money) = (deposit.id, deposit.user_id, deposit.money.clone());
    let amount = currency::format_iso(&money);
    let mut outbox = Outbox::of(event(deposit, now, DepositCompleted { deposit_id, user_id, money }))?;
    outbox.push(event(deposit, now, Notice::DepositCompleted.request(deposit_id.uuid(), user_id, amount)))?;
    Ok(outbox)
}

fn event<T: DomainEvent>(deposit: &Deposit, now: Timestamp, fact: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), now, deposit.correlation_id.clone(), Actor::System, fact)
}
