//! Claims: one item per address and per Telegram account, which says whose it is. That is what makes them unique.
//!
//! The account's place in the list of all accounts goes with them. Claims follow the account: here the account before and after a change are compared, and the claims that differ are
//! made and deleted in the transaction that writes the account. So no endpoint can forget one.

use dynamo::{Conflict, Entity, Key, Outbox, Read, StoreError, Transaction, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::Exceeded;
use serde::{Deserialize, Serialize};
use types::{EmailAddress, UserId};

use super::{EmailClaim, Identity, MAX_ATTEMPTS, Start, Store};
use crate::domain::account::{Account, Status};
use crate::domain::attempts::Source;
use crate::domain::listing::Listing;
use crate::domain::sign_in_history::{Entry, SignIn};
use crate::domain::telegram::TelegramId;
use crate::problem::Refusal;

/// Says which account a Telegram account signs in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegramClaim {
    telegram_id: TelegramId,
    /// The account.
    pub user_id: UserId,
    /// When it was claimed.
    pub claimed_at: Timestamp,
}

impl Entity for TelegramClaim {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        telegram_key(self.telegram_id)
    }
}

fn telegram_key(id: TelegramId) -> Key<Identity> {
    Key::new("telegram", id.number(), "claim")
}

/// What an account was to get, and who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The address.
    Email(UserId),
    /// The Telegram account.
    Telegram(UserId),
}

/// Why claims could not be made.
#[derive(Debug)]
pub enum ClaimError {
    /// Somebody else has one.
    Taken(Taken),
    /// The network address has registered too many accounts today.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for ClaimError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A claim that a change of an account makes or deletes.
enum Step {
    MakeEmail(EmailClaim),
    DropEmail(EmailClaim),
    MakeTelegram(TelegramClaim),
    DropTelegram(TelegramClaim),
    MakeListing(Listing),
    DropListing(Listing),
}

/// Claims and places in the list of all are made and deleted, and never changed.
const CLAIM_VERSION: u64 = 1;

impl Step {
    /// What must happen to the claims for `before` to become `after`.
    fn between(before: Option<&Account>, after: &Account) -> Vec<Self> {
        let at = after.created_at;
        let email = |email: &EmailAddress| EmailClaim::new(email, after.id, at);
        let (old, new) = (before.and_then(|account| account.email.as_ref()), after.email.as_ref());
        let mut steps = Vec::new();
        if old != new {
            steps.extend(old.map(|old| Self::DropEmail(email(old))));
            steps.extend(new.map(|new| Self::MakeEmail(email(new))));
        }
        let link = |account: &Account| account.telegram.as_ref().map(|link| (link.id, link.linked_at));
        let (old, new) = (before.and_then(link), link(after));
        if old.map(|(id, _)| id) != new.map(|(id, _)| id) {
            let claim = |(telegram_id, claimed_at)| TelegramClaim { telegram_id, user_id: after.id, claimed_at };
            steps.extend(old.map(|old| Self::DropTelegram(claim(old))));
            steps.extend(new.map(|new| Self::MakeTelegram(claim(new))));
        }
        let listed = |account: &Account| (account.status != Status::Deleted).then(|| Listing::of(account));
        match (before.and_then(listed), listed(after)) {
            (None, Some(listing)) => steps.push(Self::MakeListing(listing)),
            (Some(listing), None) => steps.push(Self::DropListing(listing)),
            (Some(_), Some(_)) | (None, None) => {}
        }
        steps
    }

    fn add_to(&self, transaction: Transaction<Identity>) -> Transaction<Identity> {
        match self {
            Self::MakeEmail(claim) => transaction.create(claim, &Outbox::none()),
            Self::MakeTelegram(claim) => transaction.create(claim, &Outbox::none()),
            Self::MakeListing(listing) => transaction.create(listing, &Outbox::none()),
            Self::DropListing(listing) => transaction.delete(&Versioned::new(listing.clone(), CLAIM_VERSION)),
            Self::DropEmail(claim) => transaction.delete(&Versioned::new(claim.clone(), CLAIM_VERSION)),
            Self::DropTelegram(claim) => transaction.delete(&Versioned::new(claim.clone(), CLAIM_VERSION)),
        }
    }

    /// Why the transaction did not happen, if it was for this step, which stood at `index`.
    fn taken(&self, cancelled: &dynamo::Cancelled, index: usize) -> Result<Option<Taken>, StoreError> {
        Ok(match self {
            Self::MakeEmail(_) => cancelled.item::<EmailClaim>(index)?.map(|claim| Taken::Email(claim.value.user_id)),
            Self::MakeTelegram(_) => {
                cancelled.item::<TelegramClaim>(index)?.map(|claim| Taken::Telegram(claim.value.user_id))
            }
            Self::DropEmail(_) | Self::DropTelegram(_) | Self::MakeListing(_) | Self::DropListing(_) => None,
        })
    }
}

/// How a write of an account with its claims failed.
enum Failed {
    /// Somebody else was faster: this is the newer state.
    Newer(Box<Versioned<Account>>),
    Claim(ClaimError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Claim(error.into())
    }
}

impl Store {
    /// Which account a Telegram account signs in to.
    pub async fn owner_of_telegram(&self, id: TelegramId) -> Result<Option<UserId>, StoreError> {
        let claim = self.table.get::<TelegramClaim>(telegram_key(id), Read::Strong).await?;
        Ok(claim.map(|claim| claim.value.user_id))
    }

    /// Adds an account with the claims that it needs, or nothing.
    pub async fn add_with_claims(&self, account: &Account, outbox: &Outbox) -> Result<(), ClaimError> {
        let steps = Step::between(None, account);
        added(&steps, self.adding(account, &steps, outbox)).await
    }

    /// [`Self::add_with_claims`], with the first sign-in.
    pub async fn add_signed_in(&self, account: &Account, first: &SignIn, outbox: &Outbox) -> Result<(), ClaimError> {
        let steps = Step::between(None, account);
        let transaction = self.adding(account, &steps, outbox);
        added(&steps, transaction.create(&Entry::SignIn(first.clone()), &Outbox::none())).await
    }

    fn adding(&self, account: &Account, steps: &[Step], outbox: &Outbox) -> Transaction<Identity> {
        let transaction = self.table.transaction().create(account, outbox);
        steps.iter().fold(transaction, |transaction, step| step.add_to(transaction))
    }

    /// [`Self::add_signed_in`], which also counts a registration from a network address. A refused registration counts
    /// nothing.
    pub async fn add_counted(
        &self,
        account: &Account,
        first: &SignIn,
        outbox: &Outbox,
        source: &Source,
    ) -> Result<(), ClaimError> {
        let (steps, now) = (Step::between(None, account), first.at);
        let transaction = self.adding(account, &steps, outbox);
        let transaction = transaction.create(&Entry::SignIn(first.clone()), &Outbox::none());
        match self.registrations.count_in(transaction, source.subject(), now).commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => match refused(&steps, &cancelled)? {
                // The account, its claims, the sign-in; then the counter.
                ClaimError::Store(_) if cancelled.failed(2 + steps.len()) => {
                    Err(ClaimError::Limit(self.registrations.exceeded(now)))
                }
                reason => Err(reason),
            },
        }
    }

    /// [`Self::change`] for changes that may touch the ways to sign in: the claims change with the account, or nothing does.
    pub async fn change_with_claims<T, E: From<ClaimError> + From<Refusal>>(
        &self,
        read: impl Into<Start>,
        decide: impl Fn(&mut Account) -> Result<(T, Outbox), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        let start = read.into();
        let (check, mut read) = (start.check(), start.read);
        for attempt in 1..=MAX_ATTEMPTS {
            let mut account = read.value.clone();
            check(&account)?;
            let (answer, outbox) = decide(&mut account)?;
            match self.write(&read, account, &outbox).await {
                Ok(written) => return Ok((written, answer)),
                Err(Failed::Newer(newer)) => {
                    read = self.after_conflict(*newer, attempt).await.map_err(ClaimError::Store)?;
                }
                Err(Failed::Claim(error)) => return Err(error.into()),
            }
        }
        Err(ClaimError::Store(StoreError::Contended { attempts: MAX_ATTEMPTS }).into())
    }

    async fn write(
        &self,
        read: &Versioned<Account>,
        account: Account,
        outbox: &Outbox,
    ) -> Result<Versioned<Account>, Failed> {
        let steps = Step::between(Some(&read.value), &account);
        if steps.is_empty() {
            // A write of one item costs half of what it costs in a transaction.
            return self.table.replace(read, account, outbox).await.map_err(|conflict| match conflict {
                Conflict::Item(Some(newer)) => Failed::Newer(newer),
                Conflict::Item(None) => StoreError::Refused("the account is gone".into()).into(),
                Conflict::Store(error) => error.into(),
            });
        }
        let transaction = self.table.transaction().replace(read, &account, outbox);
        match steps.iter().fold(transaction, |transaction, step| step.add_to(transaction)).commit().await {
            Ok(()) => Ok(read.successor(account)),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => Err(match cancelled.item::<Account>(0)? {
                Some(newer) => Failed::Newer(Box::new(newer)),
                None => Failed::Claim(refused(&steps, &cancelled)?),
            }),
        }
    }
}

/// Commits a transaction that adds an account, whose claims follow it.
async fn added(steps: &[Step], transaction: Transaction<Identity>) -> Result<(), ClaimError> {
    match transaction.commit().await {
        Ok(()) => Ok(()),
        Err(TransactionError::Store(error)) => Err(error.into()),
        Err(TransactionError::Cancelled(cancelled)) => Err(refused(steps, &cancelled)?),
    }
}

/// Why a transaction did not happen whose first write is the account and whose others are these steps.
fn refused(steps: &[Step], cancelled: &dynamo::Cancelled) -> Result<ClaimError, StoreError> {
    for (index, step) in (1..).zip(steps) {
        if let Some(taken) = step.taken(cancelled, index)? {
            return Ok(ClaimError::Taken(taken));
        }
    }
    Ok(StoreError::Refused("the account and its claims do not belong together".into()).into())
}
