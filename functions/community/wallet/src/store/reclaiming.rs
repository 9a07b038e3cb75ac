//! What becomes of a wallet after a takeover of its account: money, debts and history of the registrant are not those of the
//! mailbox owner.
//!
//! The balance at the time of the takeover goes to `unclaimed`, and a debt at that time is written off from there. Neither side
//! gains: the registrant cannot sign in, and the mailbox owner starts with nothing. Statement, donations and messages from
//! before the takeover are deleted from the partition; the records of transfers and donations remain, as after a deletion.

use std::collections::BTreeMap;

use dynamo::{Cursor, Entity, Forgotten, Page, StoreError, Versioned};
use jiff::Timestamp;
use types::{CurrencyCode, Money, TransferId, UserId, derive_id};

use super::forgetting::not_moved;
use super::{Listed, NotPosted, Store, holder_key};
use crate::domain::account::{Account, Holder};
use crate::domain::donation::Direction;
use crate::domain::ledger::{Balance, Entry, Written};

/// Items per query.
const PAGE_ITEMS: u32 = 100;
/// Queries per call for what came after the takeover. The event arrives within seconds, and the queue retries for days.
const MAX_LATER_PAGES: usize = 100;

impl Store {
    /// Discards a bounded part of what a wallet had by a time. Idempotent; what came since stays.
    pub async fn reclaim(&self, user: UserId, until: Timestamp, now: Timestamp) -> Result<Forgotten, StoreError> {
        let moved = self.leave_until(user, until, now).await?;
        let mut items = 0;
        for part in [
            self.drop_lines(user, until).await?,
            self.drop_written(user, until).await?,
            self.drop_listed(user, Direction::Given, until).await?,
            self.drop_listed(user, Direction::Received, until).await?,
        ] {
            items += part;
        }
        if items > 0 {
            return Ok(Forgotten { items, more: true });
        }
        // The lines of what was moved balance those that were deleted: they go together.
        for line in moved {
            items += usize::from(self.table.remove(line).await?);
        }
        Ok(Forgotten { items, more: false })
    }

    /// Moves what a user had at a time to `unclaimed`: what there is now, less what came since. Returns the lines of that.
    async fn leave_until(
        &self,
        user: UserId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Versioned<Entry>>, StoreError> {
        let free = Account::user(user);
        let mut left: BTreeMap<CurrencyCode, i64> = BTreeMap::new();
        for Balance { account, currency, amount, owed, .. } in self.balances(Holder::User(user)).await? {
            // Money of cards is held for accounts with a verified address only, which are not taken over.
            if account == free {
                *left.entry(currency).or_default() += amount - owed;
            }
        }
        let later = self.lines_after(user, until).await?;
        for line in later.iter().map(|line| &line.value).filter(|line| !matches!(line.account, Account::Held(_))) {
            *left.entry(line.money.currency.clone()).or_default() -= line.money.amount_minor;
        }
        let id_of = |currency: &CurrencyCode| {
            let parts = [user.to_string(), currency.to_string(), until.to_string()];
            TransferId::new(derive_id(&["wallet", "reclaimed", &parts[0], &parts[1], &parts[2]]))
        };
        for (currency, amount) in &left {
            let money = Money::new(*amount, currency.clone());
            match self.move_unclaimed(id_of(currency), free, money, now).await {
                // Moved before: something was spent or came in meanwhile, so that another amount is computed now.
                Ok(()) | Err(NotPosted::Other) => {}
                Err(error) => return Err(not_moved(error)),
            }
        }
        let is_own = |line: &Entry| line.transfer_id == id_of(&line.money.currency);
        Ok(self.lines_after(user, until).await?.into_iter().filter(|line| is_own(&line.value)).collect())
    }

    async fn lines_after(
        &self,
        user: UserId,
        until: Timestamp,
    ) -> Result<Vec<Versioned<Entry>>, StoreError> {
        let (mut lines, mut after) = (Vec::new(), None::<Cursor>);
        for _ in 0..MAX_LATER_PAGES {
            let prefix = holder_key(Holder::User(user), "entry#");
            let page: Page<Entry> = self.table.list_strong(prefix, true, PAGE_ITEMS, after).await?;
            let read = page.items.len();
            let before = lines.len();
            lines.extend(page.items.into_iter().take_while(|line| line.value.at > until));
            after = page.next.filter(|_| lines.len() == before + read);
            if after.is_none() {
                return Ok(lines);
            }
        }
        Err(StoreError::Refused("a wallet has more lines since its takeover than are read".into()))
    }

    /// Deletes the oldest lines up to a time, and the messages that were sent with them.
    async fn drop_lines(&self, user: UserId, until: Timestamp) -> Result<usize, StoreError> {
        let page = self.oldest::<Entry>(user, "entry#").await?;
        let mut dropped = 0;
        for read in page.into_iter().take_while(|read| read.value.at <= until) {
            if let Some(reader) = read.value.read_by() {
                self.wipe_line(reader, &read.value).await?;
            }
            dropped += usize::from(self.table.remove(read).await?);
        }
        Ok(dropped)
    }

    /// The same for messages that were sent with money of points.
    async fn drop_written(&self, user: UserId, until: Timestamp) -> Result<usize, StoreError> {
        let page = self.oldest::<Written>(user, "written#").await?;
        let mut dropped = 0;
        for read in page.into_iter().take_while(|read| read.value.line.at <= until) {
            let line = &read.value.line;
            for reader in [Some(line.account), line.read_by()].into_iter().flatten() {
                self.wipe_line(reader, line).await?;
            }
            dropped += usize::from(self.table.remove(read).await?);
        }
        Ok(dropped)
    }

    async fn drop_listed(&self, user: UserId, direction: Direction, until: Timestamp) -> Result<usize, StoreError> {
        let page = self.oldest::<Listed>(user, &format!("{}#", direction.as_str())).await?;
        let mut dropped = 0;
        for read in page.into_iter().take_while(|read| read.value.at <= until) {
            if read.value.message.is_some() {
                self.wipe_donation(&read.value).await?;
            }
            dropped += usize::from(self.table.remove(read).await?);
        }
        Ok(dropped)
    }

    /// The oldest items of a kind: their sort keys begin with the time.
    async fn oldest<E: Entity<Context = super::Wallet>>(
        &self,
        user: UserId,
        prefix: &str,
    ) -> Result<Vec<Versioned<E>>, StoreError> {
        let prefix = holder_key(Holder::User(user), prefix);
        Ok(self.table.list_strong::<E>(prefix, false, PAGE_ITEMS, None).await?.items)
    }
}
