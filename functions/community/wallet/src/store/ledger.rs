//! Transfers, statements and balances: one transaction per transfer, and no other way to change a balance.

use std::collections::BTreeMap;

use dynamo::{Cancelled, ConflictRetry, Cursor, Outbox, Page, Read, StoreError, Transaction, TransactionError};
use types::{CurrencyCode, TransferId, UserId};

use super::{MAX_ATTEMPTS, Store, Wallet, holder_key, transfer_key};
use crate::domain::account::{Account, Holder};
use crate::domain::ledger::{self, Balance, Entry, Kind, Total, Transfer};
use crate::domain::shards::{Change, MAX_SHARD_MINOR, MAX_SHARDS};

/// How many parts one read of a wallet asks for.
const BALANCES_PAGE_ITEMS: u32 = 500;
/// How many such reads there are at the most: some hundred currencies.
const MAX_BALANCES_PAGES: usize = 10;
/// How many lines one read of a filtered statement asks for.
const STATEMENT_PAGE_ITEMS: u32 = 100;
/// How many such reads one request may cost. A page that is not full then says where to go on.
const MAX_STATEMENT_PAGES: usize = 5;

/// A transfer that happened.
#[derive(Debug)]
pub enum Posted {
    /// It happened now.
    Now,
    /// It had happened before, as it stands here.
    Before(Box<Transfer>),
}

/// A transfer that did not happen.
#[derive(Debug)]
pub enum NotPosted {
    /// An account has too little.
    NotEnough,
    /// An account cannot hold that much.
    Full,
    /// This person deleted their account.
    Forgotten(UserId),
    /// Another transfer happened under the same id.
    Other,
    /// What was to be written beside it could not be; its first write has the number 0 here.
    Beside(Beside),
    /// The table failed.
    Store(StoreError),
}

/// Why what was to be written beside a transfer could not be.
#[derive(Debug)]
pub struct Beside {
    cancelled: Cancelled,
    first: usize,
}

impl Beside {
    /// True if the condition of the write number `index` beside the transfer did not hold.
    pub fn failed(&self, index: usize) -> bool {
        self.cancelled.failed(self.first + index)
    }
}

impl From<StoreError> for NotPosted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Which lines of a statement are asked for.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    /// Of one currency only.
    pub currency: Option<CurrencyCode>,
    /// Of one kind only.
    pub kind: Option<Kind>,
}

impl Statement {
    fn has(&self, entry: &Entry) -> bool {
        self.currency.as_ref().is_none_or(|currency| *currency == entry.money.currency)
            && self.kind.is_none_or(|kind| kind == entry.kind)
    }

    fn is_whole(&self) -> bool {
        self.currency.is_none() && self.kind.is_none()
    }
}

/// A transaction of a transfer, and which write in it is which.
struct Plan {
    transaction: Transaction<Wallet>,
    changes: Vec<Change>,
    first_change: usize,
    people: Vec<UserId>,
    first_person: usize,
    first_beside: usize,
}

impl Store {
    /// Moves money, once: the transfer's record, its lines in the statements, the changes of balances, and what the caller
    /// writes `beside` are one transaction. People who deleted their account take no part in it.
    pub async fn post(
        &self,
        transfer: &Transfer,
        outbox: &Outbox,
        beside: impl Fn(Transaction<Wallet>) -> Transaction<Wallet>,
    ) -> Result<Posted, NotPosted> {
        let mut retry = ConflictRetry::up_to(MAX_ATTEMPTS);
        loop {
            let known = self.known(transfer).await?;
            let Ok(changes) = transfer.changes(self.shards, &known) else {
                return self.repeated(transfer).await?.ok_or(NotPosted::NotEnough);
            };
            let plan = self.plan(transfer, changes, outbox, &beside);
            let Plan { transaction, changes, first_change, people, first_person, first_beside } = plan;
            let cancelled = match transaction.commit().await {
                Ok(()) => return Ok(Posted::Now),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) => cancelled,
            };
            if let Some(before) = cancelled.item::<Transfer>(0)? {
                return again(transfer, before.value);
            }
            if let Some(at) = (0..people.len()).find(|at| cancelled.failed(first_person + at)) {
                return Err(NotPosted::Forgotten(people[at]));
            }
            let refused = changes.iter().enumerate().find(|(at, _)| cancelled.failed(first_change + at));
            match refused {
                None => return Err(NotPosted::Beside(Beside { cancelled, first: first_beside })),
                Some((_, change)) if change.by > 0 => return Err(NotPosted::Full),
                // What was read is old: somebody else took from this part.
                Some((_, change)) if transfer.must_be_read().iter().any(|(account, _)| *account == change.account) => {
                    retry.pause().await?;
                }
                Some(_) => return Err(NotPosted::NotEnough),
            }
        }
    }

    /// The record of a transfer, as it stands now.
    pub async fn transfer(&self, id: TransferId) -> Result<Option<Transfer>, StoreError> {
        Ok(self.table.get(transfer_key(id), Read::Strong).await?.map(|read| read.value))
    }

    /// Who repeats the request that took the last money gets what they got then, and is not told that there is none.
    async fn repeated(&self, transfer: &Transfer) -> Result<Option<Posted>, NotPosted> {
        match self.transfer(transfer.id()).await? {
            Some(before) => again(transfer, before).map(Some),
            None => Ok(None),
        }
    }

    /// The parts of balances that must be known to decide.
    async fn known(&self, transfer: &Transfer) -> Result<Vec<Balance>, StoreError> {
        let mut known = Vec::new();
        for (account, currency) in transfer.must_be_read() {
            let Some(holder) = account.holder() else { continue };
            let prefix = holder_key(holder, format!("balance#{currency}#{}#", account.pot()));
            let page = self.table.list_strong::<Balance>(prefix, false, u32::from(MAX_SHARDS), None).await?;
            known.extend(page.items.into_iter().map(|read| read.value));
        }
        Ok(known)
    }

    fn plan(
        &self,
        transfer: &Transfer,
        changes: Vec<Change>,
        outbox: &Outbox,
        beside: impl Fn(Transaction<Wallet>) -> Transaction<Wallet>,
    ) -> Plan {
        let entries = transfer.entries();
        let mut people = people(transfer);
        // What a forgotten person leaves is moved away once they are.
        if transfer.kind() == Kind::Unclaimed {
            people.clear();
        }
        let mut transaction = self.table.transaction().create(transfer, outbox);
        for entry in &entries {
            transaction = transaction.create(entry, &Outbox::none());
        }
        for Change { account, currency, shard, by } in &changes {
            let part = Balance { account: *account, currency: currency.clone(), shard: *shard, amount: 0 };
            transaction = transaction.count(&part, "amount", *by, 0..=MAX_SHARD_MINOR);
        }
        for person in &people {
            transaction = transaction.unless_forgotten(person);
        }
        let first_change = 1 + entries.len();
        let first_person = first_change + changes.len();
        let first_beside = first_person + people.len();
        Plan { transaction: beside(transaction), changes, first_change, people, first_person, first_beside }
    }

    /// What a holder has, as it stands now: the parts of all currencies.
    pub async fn balances(&self, holder: Holder) -> Result<Vec<Balance>, StoreError> {
        let (mut parts, mut after) = (Vec::new(), None);
        for _ in 0..MAX_BALANCES_PAGES {
            let prefix = holder_key(holder, "balance#");
            let page = self.table.list_strong::<Balance>(prefix, false, BALANCES_PAGE_ITEMS, after).await?;
            parts.extend(page.items.into_iter().map(|read| read.value));
            after = page.next;
            if after.is_none() {
                return Ok(parts);
            }
        }
        // Half a balance is none: better no answer than a wrong one.
        Err(StoreError::Refused("a wallet has more parts than are read".into()))
    }

    /// What a holder has, currency by currency.
    pub async fn totals(&self, holder: Holder) -> Result<BTreeMap<CurrencyCode, Total>, StoreError> {
        Ok(ledger::totals(self.balances(holder).await?))
    }

    /// A page of a holder's statement, newest first. With a filter it may hold fewer than were asked for.
    pub async fn statement(
        &self,
        holder: Holder,
        wanted: &Statement,
        page: kit::http::Page,
    ) -> Result<(Vec<Entry>, Option<Cursor>), StoreError> {
        let limit = page.limit as usize;
        let (mut found, mut after) = (Vec::new(), page.cursor);
        let size = if wanted.is_whole() { page.limit } else { STATEMENT_PAGE_ITEMS };
        for _ in 0..MAX_STATEMENT_PAGES {
            let prefix = holder_key(holder, "entry#");
            let read: Page<Entry> = self.table.list(prefix, true, size, after).await?;
            let (last, next) = (read.items.len(), read.next);
            for (at, entry) in read.items.into_iter().map(|read| read.value).enumerate() {
                if !wanted.has(&entry) {
                    continue;
                }
                let here = dynamo::Entity::key(&entry).cursor();
                found.push(entry);
                if found.len() == limit {
                    let more = at + 1 < last || next.is_some();
                    return Ok((found, more.then_some(here)));
                }
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok((found, after))
    }
}

/// The people who take part in a transfer.
fn people(transfer: &Transfer) -> Vec<UserId> {
    let mut people: Vec<_> =
        transfer.postings().iter().filter_map(|posting| Account::person(posting.account)).collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// What stands under a transfer's id already: the same, or another.
fn again(transfer: &Transfer, before: Transfer) -> Result<Posted, NotPosted> {
    if transfer.is_same(&before) { Ok(Posted::Before(Box::new(before))) } else { Err(NotPosted::Other) }
}
