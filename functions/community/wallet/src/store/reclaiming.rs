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
use super::{Listed, NotPosted, Store, Wallet, holder_key};
use crate::domain::account::{Account, Holder};
use crate::domain::donation::Direction;
use crate::domain::ledger::{Balance, Entry, Written};
use crate::domain::people::KeptPoint;

/// Items per query.
const PAGE_ITEMS: u32 = 100;
/// Queries per call for the points of a user.
const MAX_POINT_PAGES: usize = 100;
/// Queries per call and kind of what is deleted.
const MAX_EARLIER_PAGES: usize = 10;
/// Queries per call for what came after the takeover. The event arrives within seconds, and the queue retries for days.
const MAX_LATER_PAGES: usize = 100;

impl Store {
    /// Discards a bounded part of what a wallet had by a time. Idempotent; what came since stays.
    pub async fn reclaim(&self, user: UserId, until: Timestamp, now: Timestamp) -> Result<Forgotten, StoreError> {
        let moved = self.leave_until(Holder::User(user), until, now).await?;
        self.leave_points_until(user, until, now).await?;
        let mut items = 0;
        for part in [
            if moved.is_some() { self.drop_lines(user, until).await? } else { 0 },
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
        for line in moved.into_iter().flatten() {
            items += usize::from(self.table.remove(line).await?);
        }
        Ok(Forgotten { items, more: false })
    }

    /// Moves what the points of a user had at a time. Points lose their keeper by their own events, except those that were
    /// removed: their last keeper could spend what is left.
    async fn leave_points_until(&self, user: UserId, until: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        let mut after: Option<Cursor> = None;
        for _ in 0..MAX_POINT_PAGES {
            let prefix = holder_key(Holder::User(user), "kept#");
            let page: Page<KeptPoint> = self.table.list_strong(prefix, false, PAGE_ITEMS, after).await?;
            for kept in &page.items {
                self.leave_until(Holder::Point(kept.value.point_id), until, now).await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
        Err(StoreError::Refused("a user keeps more points than are read".into()))
    }

    /// Moves what a holder had at a time to `unclaimed`: what there is now, less what came since. Returns the lines of that, or
    /// none if a part was spent before the event arrived: then the lines of before explain what was spent, and stay.
    async fn leave_until(
        &self,
        holder: Holder,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Vec<Versioned<Entry>>>, StoreError> {
        let free = Account::Free(holder);
        let mut left: BTreeMap<CurrencyCode, i64> = BTreeMap::new();
        for Balance { account, currency, amount, owed, .. } in self.balances(holder).await? {
            // Money of cards is held for accounts with a verified address only, which are not taken over.
            if account == free {
                *left.entry(currency).or_default() += amount - owed;
            }
        }
        if left.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let later = self.lines_after(holder, until).await?;
        for line in later.iter().map(|line| &line.value).filter(|line| !matches!(line.account, Account::Held(_))) {
            *left.entry(line.money.currency.clone()).or_default() -= line.money.amount_minor;
        }
        let id_of = |currency: &CurrencyCode| {
            let parts = [holder.to_string(), currency.to_string(), until.to_string()];
            TransferId::new(derive_id(&["wallet", "reclaimed", &parts[0], &parts[1], &parts[2]]))
        };
        for (currency, amount) in &left {
            let money = Money::new(*amount, currency.clone());
            let moved = match self.move_unclaimed(id_of(currency), free, money, now).await {
                // The mailbox owner spent a part of it before the event arrived: the rest moves, and what follows goes on.
                Err(NotPosted::NotEnough) => {
                    let rest = self.available(holder, currency).await?.clamp(0, *amount);
                    self.move_unclaimed(id_of(currency), free, Money::new(rest, currency.clone()), now).await
                }
                moved => moved,
            };
            match moved {
                // Moved before: something was spent or came in meanwhile, so that another amount is computed now.
                Ok(()) | Err(NotPosted::Other) => {}
                Err(error) => return Err(not_moved(error)),
            }
        }
        // Where a debt was written off, the lines stay: a part of it may have been repaid by what came since.
        let is_own = |line: &Entry| line.money.amount_minor < 0 && line.transfer_id == id_of(&line.money.currency);
        let own: Vec<_> =
            self.lines_after(holder, until).await?.into_iter().filter(|line| is_own(&line.value)).collect();
        let moved = |currency: &CurrencyCode| {
            let lines = own.iter().map(|line| &line.value.money).filter(|money| money.currency == *currency);
            lines.map(|money| -money.amount_minor).sum::<i64>()
        };
        let is_complete = left.iter().all(|(currency, amount)| *amount <= 0 || moved(currency) == *amount);
        Ok(is_complete.then_some(own))
    }

    /// What a holder can spend in a currency.
    async fn available(&self, holder: Holder, currency: &CurrencyCode) -> Result<i64, StoreError> {
        let balances = self.balances(holder).await?;
        let free = balances.iter().filter(|one| one.account == Account::Free(holder) && one.currency == *currency);
        Ok(free.map(|balance| balance.amount).sum())
    }

    async fn lines_after(&self, holder: Holder, until: Timestamp) -> Result<Vec<Versioned<Entry>>, StoreError> {
        let (mut lines, mut after) = (Vec::new(), None::<Cursor>);
        for _ in 0..MAX_LATER_PAGES {
            let page: Page<Entry> =
                self.table.list_strong(holder_key(holder, "entry#"), true, PAGE_ITEMS, after).await?;
            let (read, before) = (page.items.len(), lines.len());
            lines.extend(page.items.into_iter().take_while(|line| line.value.at > until));
            after = page.next.filter(|_| lines.len() == before + read);
            if after.is_none() {
                return Ok(lines);
            }
        }
        Err(StoreError::Refused("a wallet has more lines since its takeover than are read".into()))
    }

    /// Deletes the oldest lines up to a time, and the messages that were sent with them. Lines of debts stay with their account.
    async fn drop_lines(&self, user: UserId, until: Timestamp) -> Result<usize, StoreError> {
        let is_debt = |line: &Entry| matches!(line.account, Account::Debt(_));
        let is_earlier = |line: &Entry| line.at <= until;
        let mut dropped = 0;
        for read in self.oldest::<Entry>(user, "entry#", is_earlier).await? {
            if is_debt(&read.value) {
                continue;
            }
            if let Some(reader) = read.value.read_by() {
                self.wipe_line(reader, &read.value).await?;
            }
            dropped += usize::from(self.table.remove(read).await?);
        }
        Ok(dropped)
    }

    /// The same for messages that were sent with money of points.
    async fn drop_written(&self, user: UserId, until: Timestamp) -> Result<usize, StoreError> {
        let mut dropped = 0;
        for read in self.oldest::<Written>(user, "written#", |written| written.line.at <= until).await? {
            let line = &read.value.line;
            for reader in [Some(line.account), line.read_by()].into_iter().flatten() {
                self.wipe_line(reader, line).await?;
            }
            dropped += usize::from(self.table.remove(read).await?);
        }
        Ok(dropped)
    }

    async fn drop_listed(&self, user: UserId, direction: Direction, until: Timestamp) -> Result<usize, StoreError> {
        let mut dropped = 0;
        let prefix = format!("{}#", direction.as_str());
        for read in self.oldest::<Listed>(user, &prefix, |listed| listed.at <= until).await? {
            if read.value.message.is_some() {
                self.wipe_donation(&read.value).await?;
            }
            dropped += usize::from(self.table.remove(read).await?);
        }
        Ok(dropped)
    }

    /// The oldest items of a kind, up to the last that is early enough: their sort keys begin with the time.
    async fn oldest<E: Entity<Context = Wallet>>(
        &self,
        user: UserId,
        prefix: &str,
        is_earlier: impl Fn(&E) -> bool,
    ) -> Result<Vec<Versioned<E>>, StoreError> {
        let (mut found, mut after) = (Vec::new(), None::<Cursor>);
        for _ in 0..MAX_EARLIER_PAGES {
            let page =
                self.table.list_strong::<E>(holder_key(Holder::User(user), prefix), false, PAGE_ITEMS, after).await?;
            let read = page.items.len();
            let before = found.len();
            found.extend(page.items.into_iter().take_while(|read| is_earlier(&read.value)));
            after = page.next.filter(|_| found.len() == before + read);
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
