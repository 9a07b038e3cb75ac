//! Transfers, statements and balances: one transaction per transfer, and no other way to change a balance.

use std::collections::BTreeMap;

use dynamo::{
    Cancelled, ConflictRetry, Count, Cursor, Entity, Key, Outbox, Page, Read, StoreError, Table, Transaction,
    TransactionError,
};
use types::{CurrencyCode, TransferId, UserId};

use crate::{
    Balance, Change, Entry, Ledger, LedgerAccount, LedgerKeys, MAX_SHARDS, Shards, Total, Transfer, TransferKind,
    totals,
};

/// How often a transfer is attempted against others of the same account.
const MAX_ATTEMPTS: u32 = 6;
/// How many shards one read of the balances of a holder asks for.
const BALANCES_PAGE_ITEMS: u32 = 500;
/// How many such reads there are at the most: some hundred currencies.
const MAX_BALANCES_PAGES: usize = 10;
/// How many lines one read of a filtered statement asks for.
const STATEMENT_PAGE_ITEMS: u32 = 100;
/// How many such reads one request may cost. A page that is not full then says where to go on.
const MAX_STATEMENT_PAGES: usize = 5;

/// The result of posting a transfer.
#[derive(Debug)]
pub enum Posted<L: Ledger> {
    /// It happened now.
    Now,
    /// It had happened before: its record.
    Before(Box<Transfer<L>>),
}

/// Why a transfer did not happen.
#[derive(Debug)]
pub enum NotPosted {
    /// An account has too little.
    NotEnough,
    /// An account cannot hold that much.
    Full,
    /// This person was forgotten.
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
#[derive(Debug, Clone)]
pub struct Statement<L: Ledger> {
    /// Of one currency only.
    pub currency: Option<CurrencyCode>,
    /// Of one kind only.
    pub kind: Option<L::Kind>,
}

impl<L: Ledger> Default for Statement<L> {
    /// All lines.
    fn default() -> Self {
        Self { currency: None, kind: None }
    }
}

impl<L: Ledger> Statement<L> {
    fn has(&self, entry: &Entry<L>) -> bool {
        self.currency.as_ref().is_none_or(|currency| *currency == entry.money.currency)
            && self.kind.is_none_or(|kind| kind == entry.kind)
    }

    fn is_whole(&self) -> bool {
        self.currency.is_none() && self.kind.is_none()
    }
}

/// A transaction of a transfer, and which write in it is which.
struct Plan<L: LedgerKeys> {
    transaction: Transaction<L::Context>,
    changes: Vec<Change<L>>,
    first_change: usize,
    people: Vec<UserId>,
    first_person: usize,
    first_beside: usize,
}

/// The key of a line of the same transfer and currency as `entry` in the statement of `account`: such lines differ in the
/// partition and the pot only.
pub fn entry_key<L: LedgerKeys>(account: L::Account, entry: &Entry<L>) -> Key<L::Context> {
    // Whole milliseconds in a fixed width sort as times do.
    let (at, transfer, currency) = (entry.at.as_millisecond(), entry.transfer_id, &entry.money.currency);
    L::account_key(account, format!("entry#{at:015}#{transfer}#{}#{currency}", account.pot()))
}

/// The key of a shard of a balance.
pub fn balance_key<L: LedgerKeys>(account: L::Account, currency: &CurrencyCode, shard: u8) -> Key<L::Context> {
    L::account_key(account, format!("balance#{currency}#{}#{shard:02}", account.pot()))
}

impl<L: LedgerKeys> Entity for Transfer<L> {
    type Context = L::Context;

    fn key(&self) -> Key<L::Context> {
        L::transfer_key(self.id())
    }
}

impl<L: LedgerKeys> Entity for Entry<L> {
    type Context = L::Context;

    fn key(&self) -> Key<L::Context> {
        entry_key(self.account, self)
    }
}

impl<L: LedgerKeys> Entity for Balance<L> {
    type Context = L::Context;

    fn key(&self) -> Key<L::Context> {
        balance_key::<L>(self.account, &self.currency, self.shard)
    }
}

/// The items of a ledger in the table.
pub struct LedgerStore<'a, L: LedgerKeys> {
    table: &'a Table<L::Context>,
    shards: Shards,
}

impl<'a, L: LedgerKeys> LedgerStore<'a, L> {
    /// The items in this table. New credits spread over so many shards; the number may change at any time.
    pub const fn new(table: &'a Table<L::Context>, shards: Shards) -> Self {
        Self { table, shards }
    }

    /// Posts a transfer, once: its record, its lines in the statements, the changes of balances, and what the caller writes
    /// `beside` are one transaction.
    pub async fn post(
        &self,
        transfer: &Transfer<L>,
        outbox: &Outbox,
        beside: impl Fn(Transaction<L::Context>) -> Transaction<L::Context>,
    ) -> Result<Posted<L>, NotPosted> {
        let mut retry = ConflictRetry::up_to(MAX_ATTEMPTS);
        // Accounts that are credited and turned out to owe something.
        let mut owing: Vec<(L::Account, CurrencyCode)> = Vec::new();
        loop {
            let known = self.known(transfer, &owing).await?;
            let settled = transfer.settled(&known);
            let Ok(changes) = settled.changes(self.shards, &known) else {
                return self.repeated(transfer).await?.ok_or(NotPosted::NotEnough);
            };
            let plan = self.plan(&settled, changes, outbox, &beside);
            let Plan { transaction, changes, first_change, people, first_person, first_beside } = plan;
            let cancelled = match transaction.commit().await {
                Ok(()) => return Ok(Posted::Now),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) => cancelled,
            };
            if let Some(before) = cancelled.item::<Transfer<L>>(0)? {
                return replay(transfer, before.value);
            }
            if let Some(at) = (0..people.len()).find(|at| cancelled.failed(first_person + at)) {
                return Err(NotPosted::Forgotten(people[at]));
            }
            let Some(at) = (0..changes.len()).find(|at| cancelled.failed(first_change + at)) else {
                return Err(NotPosted::Beside(Beside { cancelled, first: first_beside }));
            };
            let refused = &changes[at];
            let shard = cancelled.item::<Balance<L>>(first_change + at)?.map(|read| read.value);
            match refusal(transfer, refused, shard.as_ref()) {
                Refused::Finally(why) => return Err(why),
                Refused::Stale => retry.pause().await?,
                Refused::Owes => {
                    let account = (refused.account, refused.currency.clone());
                    // What was read is old: another transfer changed this account.
                    if owing.contains(&account) {
                        retry.pause().await?;
                    } else {
                        owing.push(account);
                    }
                }
            }
        }
    }

    /// The record of a transfer, as it stands now.
    pub async fn transfer(&self, id: TransferId) -> Result<Option<Transfer<L>>, StoreError> {
        Ok(self.table.get(L::transfer_key(id), Read::Strong).await?.map(|read| read.value))
    }

    /// Who repeats the request that took the last money gets what they got then, and is not told that there is none.
    async fn repeated(&self, transfer: &Transfer<L>) -> Result<Option<Posted<L>>, NotPosted> {
        match self.transfer(transfer.id()).await? {
            Some(before) => replay(transfer, before).map(Some),
            None => Ok(None),
        }
    }

    /// The parts of balances that must be known to decide.
    async fn known(
        &self,
        transfer: &Transfer<L>,
        owing: &[(L::Account, CurrencyCode)],
    ) -> Result<Vec<Balance<L>>, StoreError> {
        let mut known = Vec::new();
        let owing = owing.iter().map(|(account, currency)| (*account, currency));
        for (account, currency) in transfer.must_be_read().into_iter().chain(owing) {
            let prefix = L::account_key(account, format!("balance#{currency}#{}#", account.pot()));
            let page = self.table.list_strong::<Balance<L>>(prefix, false, u32::from(MAX_SHARDS), None).await?;
            known.extend(page.items.into_iter().map(|read| read.value));
        }
        Ok(known)
    }

    fn plan(
        &self,
        transfer: &Transfer<L>,
        changes: Vec<Change<L>>,
        outbox: &Outbox,
        beside: impl Fn(Transaction<L::Context>) -> Transaction<L::Context>,
    ) -> Plan<L> {
        let entries = transfer.entries();
        let mut people = people(transfer);
        if transfer.kind().admits_forgotten() {
            people.clear();
        }
        let mut transaction = self.table.transaction().create(transfer, outbox);
        for entry in &entries {
            transaction = transaction.create(entry, &Outbox::none());
        }
        for change in &changes {
            transaction = counted(transaction, change);
        }
        for person in &people {
            transaction = transaction.unless_forgotten(person);
        }
        let first_change = 1 + entries.len();
        let first_person = first_change + changes.len();
        let first_beside = first_person + people.len();
        Plan { transaction: beside(transaction), changes, first_change, people, first_person, first_beside }
    }

    /// The shards of all currencies of the holder of an account, held and free, as they are now.
    pub async fn balances(&self, account: L::Account) -> Result<Vec<Balance<L>>, StoreError> {
        let prefix = L::account_key(account, "balance#".to_owned());
        let pages = self.table.list_pages::<Balance<L>>(&prefix, BALANCES_PAGE_ITEMS, MAX_BALANCES_PAGES, Read::Strong);
        let pages = pages.await?;
        if pages.more {
            // Half a balance is none: better no answer than a wrong one.
            return Err(StoreError::Refused("a holder has more shards than are read".into()));
        }
        Ok(pages.items.into_iter().map(|read| read.value).collect())
    }

    /// What the holder of an account has, per currency.
    pub async fn totals(&self, account: L::Account) -> Result<BTreeMap<CurrencyCode, Total>, StoreError> {
        Ok(totals(self.balances(account).await?))
    }

    /// A page of the statement of the holder of an account, newest first. With a filter it may have fewer than `limit` lines.
    pub async fn statement(
        &self,
        account: L::Account,
        wanted: &Statement<L>,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<(Vec<Entry<L>>, Option<Cursor>), StoreError> {
        let (mut found, mut after) = (Vec::new(), after);
        let size = if wanted.is_whole() { limit } else { STATEMENT_PAGE_ITEMS };
        for _ in 0..MAX_STATEMENT_PAGES {
            let prefix = L::account_key(account, "entry#".to_owned());
            let read: Page<Entry<L>> = self.table.list(prefix, true, size, after).await?;
            let (last, next) = (read.items.len(), read.next);
            for (at, entry) in read.items.into_iter().map(|read| read.value).enumerate() {
                if !wanted.has(&entry) {
                    continue;
                }
                let here = entry.key().cursor();
                found.push(entry);
                if found.len() == limit as usize {
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

/// Adds the change of a shard to a transaction.
fn counted<L: LedgerKeys>(transaction: Transaction<L::Context>, change: &Change<L>) -> Transaction<L::Context> {
    let Change { account, currency, shard, by, owes } = change;
    let part = Balance::<L> { account: *account, currency: currency.clone(), shard: *shard, amount: 0, owed: 0 };
    let amount = Count { attribute: "amount", by: *by, bounds: change.amount_bounds() };
    match change.debt_bounds() {
        None => transaction.count_all(&part, &[amount]),
        Some(bounds) => transaction.count_all(&part, &[amount, Count { attribute: "owed", by: *owes, bounds }]),
    }
}

/// Why a change was refused.
enum Refused {
    /// The account owes something that must be repaid first.
    Owes,
    /// Others were faster than this transfer.
    Stale,
    /// It would be refused again.
    Finally(NotPosted),
}

/// Why a change of a shard was refused, given the shard as it is by then.
fn refusal<L: Ledger>(transfer: &Transfer<L>, change: &Change<L>, shard: Option<&Balance<L>>) -> Refused {
    if change.owes > 0 {
        // Less or more was available than was read.
        return Refused::Stale;
    }
    if change.by >= 0 {
        let owes = shard.is_some_and(|shard| shard.owed != -change.owes);
        return if owes { Refused::Owes } else { Refused::Finally(NotPosted::Full) };
    }
    let was_read = transfer.must_be_read().iter().any(|(account, _)| *account == change.account);
    if was_read { Refused::Stale } else { Refused::Finally(NotPosted::NotEnough) }
}

/// The people who take part in a transfer.
fn people<L: Ledger>(transfer: &Transfer<L>) -> Vec<UserId> {
    let mut people: Vec<_> = transfer.postings().iter().filter_map(|posting| posting.account.owner()).collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// The result where a record of the id exists already.
fn replay<L: Ledger>(transfer: &Transfer<L>, before: Transfer<L>) -> Result<Posted<L>, NotPosted> {
    if transfer.is_same(&before) { Ok(Posted::Before(Box::new(before))) } else { Err(NotPosted::Other) }
}
