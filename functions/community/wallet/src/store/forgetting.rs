//! What becomes of what a person leaves who deletes their account.

use dynamo::{Conflict, Cursor, Forgotten, Outbox, Page, Read, StoreError};
use futures::stream::{self, TryStreamExt};
use jiff::Timestamp;
use types::{Money, TransferId, UserId, derive_id};

use ::ledger::entry_key;

use super::{Listed, NotPosted, Store, donation_key, holder_key};
use crate::domain::account::{Account, Holder, System};
use crate::domain::donation::{Direction, Donation};
use crate::domain::ledger::{Balance, Entry, Heading, Kind, Transfer, Unbalanced, Written};

/// How many of a person's items one read asks for.
const PAGE_ITEMS: u32 = 100;
/// How many such reads of each kind one call does. It is no less than what [`dynamo::Table::forget`] deletes in one
/// call, oldest first as here: so nothing is deleted whose traces were not wiped before.
const MAX_PAGES: usize = 10;
/// How many items are changed at the same time.
const MAX_PARALLEL: usize = 16;

/// Does the same for many items, a bounded number at a time.
async fn in_parallel<T, F>(items: impl Iterator<Item = T>, change: impl Fn(T) -> F) -> Result<(), StoreError>
where
    F: Future<Output = Result<(), StoreError>>,
{
    stream::iter(items.map(Ok)).try_for_each_concurrent(MAX_PARALLEL, change).await
}

impl Store {
    /// Forgets a person, a bounded part at a time: what they have goes to the system's `unclaimed`, what they wrote to
    /// others is wiped, and then what lies in their partition is deleted. Doing it twice does no harm.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        // From here on no transfer counts this person in, so what is there now is all there will ever be.
        self.table.mark_forgotten(user, now.as_second()).await?;
        for balance in self.balances(Holder::User(user)).await? {
            if balance.amount > 0 {
                self.leave_unclaimed(user, balance, now).await?;
            }
        }
        self.wipe_lines(user).await?;
        self.wipe_written(user).await?;
        self.wipe_donations(user).await?;
        self.table.forget(user, now.as_second()).await
    }

    async fn leave_unclaimed(&self, user: UserId, balance: Balance, now: Timestamp) -> Result<(), StoreError> {
        let Balance { account, currency, shard, amount } = balance;
        let name = format!("{account}#{currency}#{shard}");
        let heading = Heading {
            id: TransferId::new(derive_id(&["wallet", "unclaimed", &user.to_string(), &name])),
            kind: Kind::Unclaimed,
            at: now,
            reference: None,
            message: None,
        };
        let money = Money::new(amount, currency);
        let transfer = Transfer::between(heading, account, Account::System(System::Unclaimed), money)
            .map_err(|error: Unbalanced| StoreError::Refused(error.to_string()))?;
        match self.post(&transfer, &Outbox::none(), |transaction| transaction).await {
            Ok(_) => Ok(()),
            Err(NotPosted::Store(error)) => Err(error),
            Err(other) => Err(StoreError::Refused(format!("a balance cannot be moved: {other:?}"))),
        }
    }

    /// What somebody wrote with their transfers stands in the receivers' statements.
    async fn wipe_lines(&self, user: UserId) -> Result<(), StoreError> {
        let mut after: Option<Cursor> = None;
        for _ in 0..MAX_PAGES {
            let prefix = holder_key(Holder::User(user), "entry#");
            let page: Page<Entry> = self.table.list_strong(prefix, false, PAGE_ITEMS, after).await?;
            let lines = page.items.iter().filter_map(|own| Some((own.value.read_by()?, &own.value)));
            in_parallel(lines, |(reader, own)| self.wipe_line(reader, own)).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// What somebody wrote with transfers of points that they kept stands in the statements of both sides.
    async fn wipe_written(&self, user: UserId) -> Result<(), StoreError> {
        let mut after: Option<Cursor> = None;
        for _ in 0..MAX_PAGES {
            let page: Page<Written> =
                self.table.list_strong(holder_key(Holder::User(user), "written#"), false, PAGE_ITEMS, after).await?;
            let written = page.items.iter().map(|read| &read.value.line);
            let lines = written.flat_map(|line| [Some(line.account), line.read_by()].map(|reader| (reader, line)));
            let lines = lines.filter_map(|(reader, line)| Some((reader?, line)));
            in_parallel(lines, |(reader, line)| self.wipe_line(reader, line)).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    async fn wipe_line(&self, reader: Account, own: &Entry) -> Result<(), StoreError> {
        let Some(read) = self.table.get::<Entry>(entry_key(reader, own), Read::Strong).await? else { return Ok(()) };
        if read.value.message.is_none() {
            return Ok(());
        }
        let wiped = Entry { message: None, ..read.value.clone() };
        match self.table.replace(&read, wiped, &Outbox::none()).await {
            // Whoever changed it meanwhile wiped it too: lines change in no other way.
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// What somebody wrote with their donations stands in the donations.
    async fn wipe_donations(&self, user: UserId) -> Result<(), StoreError> {
        let mut after: Option<Cursor> = None;
        for _ in 0..MAX_PAGES {
            let prefix = holder_key(Holder::User(user), format!("{}#", Direction::Given.as_str()));
            let page: Page<Listed> = self.table.list_strong(prefix, false, PAGE_ITEMS, after).await?;
            let donations = page.items.iter().map(|read| &read.value).filter(|listed| listed.message.is_some());
            in_parallel(donations, |listed| self.wipe_donation(listed)).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    async fn wipe_donation(&self, listed: &Listed) -> Result<(), StoreError> {
        let Some(read) = self.table.get::<Donation>(donation_key(listed.donation_id), Read::Strong).await? else {
            return Ok(());
        };
        if read.value.message.is_none() {
            return Ok(());
        }
        match self.table.replace(&read, read.value.without_message(), &Outbox::none()).await {
            Ok(_) => Ok(()),
            // It is under way still: the event comes again, and so does this.
            Err(Conflict::Item(_)) => Err(StoreError::Contended { attempts: 1 }),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}
