//! Claims: one item per address and per Telegram account, which says whose it is. That is what makes them unique.
//!
//! The account's place in the list of all accounts goes with them. Claims follow the account: here the account before and after a change are compared, and the claims that differ are
//! made and deleted in the transaction that writes the account. So no endpoint can forget one.

use std::collections::BTreeMap;

use dynamo::{
    Cancelled, Conflict, Entity, Key, Outbox, Read, Scalar, StoreError, Transaction, TransactionError, Versioned,
};
use jiff::Timestamp;
use kit::limits::Exceeded;
use serde::{Deserialize, Serialize};
use types::UserId;

use super::{CodeUse, EmailClaim, Identity, MAX_ATTEMPTS, Start, Store};
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
    /// Another account has one.
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

/// A claim of an address that a change of an account makes, changes or deletes.
struct EmailStep {
    /// The claim that must be there; none for an address that must be free.
    read: Option<Versioned<EmailClaim>>,
    /// The claim from then on; none for an address that becomes free.
    next: Option<EmailClaim>,
}

/// A claim that a change of an account makes or deletes.
enum Step {
    Email(EmailStep),
    MakeTelegram(TelegramClaim),
    DropTelegram(TelegramClaim),
    MakeListing(Listing),
    DropListing(Listing),
}

/// The version that claims and places in the list of all have, unless an address was reserved before. Which version a claim
/// really has shows when the write is refused.
const CLAIM_VERSION: u64 = 1;
/// How often a transaction is sent whose claims turn out to be in another version than expected.
const MAX_CLAIM_TRIES: u32 = 5;

/// What becomes of a step whose condition did not hold.
enum Met {
    /// The claim is in another version, or free after all: the step to take instead.
    Other(EmailStep),
    /// There is nothing to do any more.
    Done,
    Taken(Taken),
    /// The account and its claims do not belong together.
    Broken,
}

/// The claims of addresses that an account needs: its own, and those that are reserved for it.
fn email_claims(account: &Account) -> BTreeMap<String, EmailClaim> {
    let claimed_at = account.email_verified_at.unwrap_or(account.created_at);
    let own = account.email.iter().map(|email| EmailClaim::new(email, account.id, claimed_at));
    let reserved = account.former_emails.iter().map(|former| EmailClaim {
        reserved_until: Some(former.reserved_until),
        ..EmailClaim::new(&former.email, account.id, account.created_at)
    });
    reserved.chain(own).map(|claim| (claim.fingerprint.clone(), claim)).collect()
}

/// A claim in the version that it has in most accounts: a reservation was a claim before.
fn expected(claim: EmailClaim) -> Versioned<EmailClaim> {
    let version = if claim.reserved_until.is_some() { CLAIM_VERSION + 1 } else { CLAIM_VERSION };
    Versioned::new(claim, version)
}

impl EmailStep {
    fn between(before: Option<&Account>, after: &Account) -> Vec<Self> {
        let (mut before, after) = (before.map(email_claims).unwrap_or_default(), email_claims(after));
        let mut steps = Vec::new();
        for (fingerprint, next) in after {
            let read = before.remove(&fingerprint);
            if read.as_ref().is_none_or(|read| read.reserved_until != next.reserved_until) {
                steps.push(Self { read: read.map(expected), next: Some(next) });
            }
        }
        steps.extend(before.into_values().map(|read| Self { read: Some(expected(read)), next: None }));
        steps
    }

    fn add_to(&self, transaction: Transaction<Identity>) -> Transaction<Identity> {
        match (&self.read, &self.next) {
            (Some(read), Some(next)) => transaction.replace(read, next, &Outbox::none()),
            // The version follows from the account. A reservation that has ended may be another account's in the same version.
            (Some(read), None) => transaction.delete_while(read, &[("user_id", Scalar::text(read.value.user_id))]),
            (None, Some(next)) => transaction.create(next, &Outbox::none()),
            (None, None) => transaction,
        }
    }

    /// What to do instead, now that it is known what is there.
    fn met(&self, there: Option<Versioned<EmailClaim>>, now: Timestamp) -> Met {
        match (&self.read, &self.next, there) {
            // A claim that is free: a reservation that has ended, or one of the account itself.
            (_, Some(next), Some(there)) if there.value.user_id == next.user_id || there.value.has_ended(now) => {
                Met::Other(Self { read: Some(there), next: self.next.clone() })
            }
            (_, Some(_), Some(there)) => Met::Taken(Taken::Email(there.value.user_id)),
            // The reservation was swept.
            (Some(read), Some(_), None) if read.value.reserved_until.is_some() => {
                Met::Other(Self { read: None, next: self.next.clone() })
            }
            (Some(read), None, Some(there)) if there.value.user_id == read.value.user_id => {
                Met::Other(Self { read: Some(there), next: None })
            }
            // A reservation has ended, and may be another account's claim now.
            (Some(read), None, _) if read.value.reserved_until.is_some() => Met::Done,
            _ => Met::Broken,
        }
    }
}

impl Step {
    /// What must happen to the claims for `before` to become `after`.
    fn between(before: Option<&Account>, after: &Account) -> Vec<Self> {
        let mut steps: Vec<_> = EmailStep::between(before, after).into_iter().map(Self::Email).collect();
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
            Self::Email(step) => step.add_to(transaction),
            Self::MakeTelegram(claim) => transaction.create(claim, &Outbox::none()),
            Self::MakeListing(listing) => transaction.create(listing, &Outbox::none()),
            Self::DropListing(listing) => transaction.delete(&Versioned::new(listing.clone(), CLAIM_VERSION)),
            Self::DropTelegram(claim) => transaction.delete(&Versioned::new(claim.clone(), CLAIM_VERSION)),
        }
    }

    /// What became of the step whose condition did not hold; it stood at `index`.
    fn met(&self, cancelled: &Cancelled, index: usize, now: Timestamp) -> Result<Met, StoreError> {
        Ok(match self {
            Self::Email(step) => step.met(cancelled.item::<EmailClaim>(index)?, now),
            Self::MakeTelegram(_) => match cancelled.item::<TelegramClaim>(index)? {
                Some(claim) => Met::Taken(Taken::Telegram(claim.value.user_id)),
                None => Met::Broken,
            },
            Self::DropTelegram(_) | Self::MakeListing(_) | Self::DropListing(_) => Met::Broken,
        })
    }
}

/// The steps to take after a transaction whose first write is the account and whose next ones are these.
fn revise(steps: Vec<Step>, cancelled: &Cancelled, now: Timestamp) -> Result<Vec<Step>, ClaimError> {
    let (mut revised, mut is_revised) = (Vec::new(), false);
    for (index, step) in (1..).zip(steps) {
        if !cancelled.failed(index) {
            revised.push(step);
            continue;
        }
        is_revised = true;
        match step.met(cancelled, index, now)? {
            Met::Other(step) => revised.push(Step::Email(step)),
            Met::Done => {}
            Met::Taken(taken) => return Err(ClaimError::Taken(taken)),
            Met::Broken => return Err(apart().into()),
        }
    }
    if is_revised { Ok(revised) } else { Err(apart().into()) }
}

fn apart() -> StoreError {
    StoreError::Refused("the account and its claims do not belong together".into())
}

/// How a write of an account with its claims failed.
pub(super) enum Failed {
    /// Another writer was faster: this is the newer state.
    Newer(Box<Versioned<Account>>),
    /// The sign-in code was used or guessed at meanwhile.
    Code,
    Claim(ClaimError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Claim(error.into())
    }
}

impl From<ClaimError> for Failed {
    fn from(error: ClaimError) -> Self {
        Self::Claim(error)
    }
}

/// An account to write: with its state before, if it is there.
pub(super) struct Write<'a> {
    pub read: Option<&'a Versioned<Account>>,
    pub account: &'a Account,
    pub outbox: &'a Outbox,
    /// A sign-in code that the same transaction uses up.
    pub code: Option<&'a CodeUse>,
    /// The entry of the history.
    pub entry: Option<&'a Entry>,
    /// The network address whose registrations count.
    pub counted: Option<&'a Source>,
}

impl Store {
    /// Which account a Telegram account signs in to.
    pub async fn owner_of_telegram(&self, id: TelegramId) -> Result<Option<UserId>, StoreError> {
        let claim = self.table.get::<TelegramClaim>(telegram_key(id), Read::Strong).await?;
        Ok(claim.map(|claim| claim.value.user_id))
    }

    /// Adds an account with the claims that it needs, or nothing.
    pub async fn add_with_claims(&self, account: &Account, outbox: &Outbox) -> Result<(), ClaimError> {
        self.add(Write { read: None, account, outbox, code: None, entry: None, counted: None }).await
    }

    /// [`Self::add_with_claims`], with the first sign-in.
    pub async fn add_signed_in(&self, account: &Account, first: &SignIn, outbox: &Outbox) -> Result<(), ClaimError> {
        let entry = Entry::SignIn(first.clone());
        self.add(Write { read: None, account, outbox, code: None, entry: Some(&entry), counted: None }).await
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
        let entry = Entry::SignIn(first.clone());
        self.add(Write { read: None, account, outbox, code: None, entry: Some(&entry), counted: Some(source) }).await
    }

    async fn add(&self, write: Write<'_>) -> Result<(), ClaimError> {
        match self.commit(write).await {
            Ok(()) => Ok(()),
            Err(Failed::Claim(error)) => Err(error),
            Err(Failed::Newer(_) | Failed::Code) => Err(apart().into()),
        }
    }

    /// [`Self::change`] for changes that may touch the ways to sign in: the claims change with the account, or nothing does.
    pub async fn change_with_claims<T, E: From<ClaimError> + From<Refusal>>(
        &self,
        read: impl Into<Start>,
        decide: impl Fn(&mut Account) -> Result<(T, Outbox), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        let start = read.into();
        let (check, gone, mut read) = (start.check(), start.gone, start.read);
        for attempt in 1..=MAX_ATTEMPTS {
            let mut account = read.value.clone();
            check(&account)?;
            let (answer, outbox) = decide(&mut account)?;
            match self.write(&read, account, &outbox).await {
                Ok(written) => return Ok((written, answer)),
                Err(Failed::Newer(newer)) => {
                    read = self.after_conflict(*newer, attempt).await.map_err(ClaimError::Store)?.ok_or(gone)?;
                }
                Err(Failed::Code) => return Err(ClaimError::Store(apart()).into()),
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
        if Step::between(Some(&read.value), &account).is_empty() {
            // A write of one item costs half of what it costs in a transaction.
            return self.table.replace(read, account, outbox).await.map_err(|conflict| match conflict {
                Conflict::Item(Some(newer)) => Failed::Newer(newer),
                Conflict::Item(None) => StoreError::Refused("the account is gone".into()).into(),
                Conflict::Store(error) => error.into(),
            });
        }
        self.commit(Write { read: Some(read), account: &account, outbox, code: None, entry: None, counted: None })
            .await?;
        Ok(read.successor(account))
    }

    /// Writes an account and the claims that differ in one transaction.
    pub(super) async fn commit(&self, write: Write<'_>) -> Result<(), Failed> {
        let Write { read, account, outbox, code, entry, counted } = write;
        // A change that claims an address is made when the address is verified, or when the account is made.
        let now = account.email_verified_at.unwrap_or(account.created_at);
        let mut steps = Step::between(read.map(|read| &read.value), account);
        for _ in 0..MAX_CLAIM_TRIES {
            let mut transaction = self.table.transaction();
            transaction = match read {
                Some(read) => transaction.replace(read, account, outbox),
                None => transaction.create(account, outbox),
            };
            transaction = steps.iter().fold(transaction, |transaction, step| step.add_to(transaction));
            let code_index = steps.len() + 1;
            if let Some(code) = code {
                transaction = transaction.replace(&code.read, &code.used, &Outbox::none());
            }
            if let Some(entry) = entry {
                transaction = transaction.create(entry, &Outbox::none());
            }
            let counter_index = code_index + usize::from(code.is_some()) + usize::from(entry.is_some());
            if let Some(source) = counted {
                transaction = self.registrations.count_in(transaction, source.subject(), now);
            }
            match transaction.commit().await {
                Ok(()) => return Ok(()),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) => {
                    if let (Some(_), Some(newer)) = (read, cancelled.item::<Account>(0)?) {
                        return Err(Failed::Newer(Box::new(newer)));
                    }
                    if code.is_some() && cancelled.failed(code_index) {
                        return Err(Failed::Code);
                    }
                    // A claim that is taken says more than a limit.
                    let is_counter = counted.is_some() && cancelled.failed(counter_index);
                    if is_counter && !(1..=steps.len()).any(|index| cancelled.failed(index)) {
                        return Err(ClaimError::Limit(self.registrations.exceeded(now)).into());
                    }
                    steps = revise(steps, &cancelled, now)?;
                }
            }
        }
        Err(StoreError::Contended { attempts: MAX_CLAIM_TRIES }.into())
    }
}
