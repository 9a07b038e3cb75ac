//! What becomes of what a person leaves who deletes their account.

use std::collections::BTreeMap;

use ::ledger::{LedgerAccount, entry_key};
use dynamo::{Conflict, Cursor, Decision, Forgotten, Outbox, Page, Read, StoreError, Versioned};
use futures::stream::{self, TryStreamExt};
use jiff::Timestamp;
use types::{CurrencyCode, Money, PointId, TransferId, UserId, derive_id};

use super::{Listed, NotPosted, Store, donation_key, holder_key, point_key};
use crate::domain::account::{Account, Holder, System};
use crate::domain::donation::{Direction, Donation};
use crate::domain::ledger::{Balance, Entry, Heading, Kind, Transfer, Unbalanced, Written};
use crate::domain::people::{KeptPoint, Point};

/// How many of a person's items one read asks for.
const PAGE_ITEMS: u32 = 100;
/// How many such reads of each kind one call does. It is no less than what [`dynamo::Table::forget`] deletes in one
/// call, oldest first as here: so nothing is deleted whose traces were not wiped before.
const MAX_PAGES: usize = 10;
/// How many items are changed at the same time.
const MAX_PARALLEL: usize = 16;

/// Why a balance was not moved to `unclaimed`.
pub(super) fn not_moved(error: NotPosted) -> StoreError {
    match error {
        NotPosted::Store(error) => error,
        // It was spent, or moved, since it was read: the event comes again.
        NotPosted::NotEnough => StoreError::Contended { attempts: 1 },
        other => StoreError::Refused(format!("a balance cannot be moved: {other:?}")),
    }
}

/// Does the same for many items, a bounded number at a time.
async fn in_parallel<T, F>(items: impl Iterator<Item = T>, change: impl Fn(T) -> F) -> Result<(), StoreError>
where
    F: Future<Output = Result<(), StoreError>>,
{
    stream::iter(items.map(Ok)).try_for_each_concurrent(MAX_PARALLEL, change).await
}

impl Store {
    /// Forgets a user, a bounded part at a time: their money and that of their points goes to the system's `unclaimed`, what
    /// they owe is written off, what they wrote to others is wiped, and then their partition is deleted. Idempotent.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        // From here on no transfer counts this user in, so what is there now is all there will ever be.
        self.table.mark_forgotten(user, now.as_second()).await?;
        self.leave_unclaimed(&user.to_string(), Holder::User(user), now).await?;
        self.leave_points(user, now).await?;
        self.wipe_lines(user).await?;
        self.wipe_written(user).await?;
        self.wipe_donations(user).await?;
        self.table.forget_marked(user).await
    }

    /// Takes the keeper away from their points, after which these receive nothing more, and moves what the points have.
    async fn leave_points(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        let mut after: Option<Cursor> = None;
        for _ in 0..MAX_PAGES {
            let prefix = holder_key(Holder::User(user), "kept#");
            let page: Page<KeptPoint> = self.table.list_strong(prefix, false, PAGE_ITEMS, after).await?;
            for kept in page.items.iter().map(|read| &read.value) {
                self.remove_keeper(user, kept.point_id).await?;
                self.leave_unclaimed(&user.to_string(), Holder::Point(kept.point_id), now).await?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    async fn remove_keeper(&self, user: UserId, point: PointId) -> Result<(), StoreError> {
        let decide = |known: Option<&Versioned<Point>>| {
            let kept = known.filter(|known| known.value.keeper_id == Some(user));
            Decision::<Point>::from(kept.map(|known| known.value.without_keeper()))
        };
        self.table.update(point_key(point), decide).await.map(drop)
    }

    /// Moves all that a holder has to `unclaimed`, and pays what they owe from there, once per `cause`.
    async fn leave_unclaimed(&self, cause: &str, holder: Holder, now: Timestamp) -> Result<(), StoreError> {
        let mut left: BTreeMap<(Account, CurrencyCode), i64> = BTreeMap::new();
        for Balance { account, currency, amount, owed, .. } in self.balances(holder).await? {
            *left.entry((account, currency)).or_default() += amount - owed;
        }
        for ((account, currency), amount) in left {
            let name = format!("{account}#{currency}");
            let id = TransferId::new(derive_id(&["wallet", "unclaimed", cause, &name]));
            self.move_unclaimed(id, account, Money::new(amount, currency), now).await.map_err(not_moved)?;
        }
        Ok(())
    }

    /// Moves money from an account to `unclaimed`, or pays a debt from there if the amount is negative, once per id.
    pub(super) async fn move_unclaimed(
        &self,
        id: TransferId,
        account: Account,
        money: Money,
        at: Timestamp,
    ) -> Result<(), NotPosted> {
        let unclaimed = Account::System(System::Unclaimed);
        let (from, to) = if money.amount_minor > 0 { (account, unclaimed) } else { (unclaimed, account) };
        let amount = Money { amount_minor: money.amount_minor.abs(), ..money };
        if amount.amount_minor == 0 {
            return Ok(());
        }
        let heading = Heading { id, kind: Kind::Unclaimed, at, reference: None, message: None };
        let transfer = Transfer::between(heading, from, to, amount)
            .map_err(|error: Unbalanced| NotPosted::Store(StoreError::Refused(error.to_string())))?;
        self.post(&transfer, &Outbox::none(), |transaction| transaction).await.map(drop)
    }

    /// Moves what a point without a keeper has to `unclaimed`: nobody can spend it. It receives nothing more.
    pub async fn leave_keeperless(&self, point: PointId, now: Timestamp) -> Result<(), StoreError> {
        let known = self.table.get::<Point>(point_key(point), Read::Strong).await?.map(|read| read.value);
        let Some(known) = known.filter(|known| known.keeper_id.is_none() && !known.removed) else { return Ok(()) };
        let of_revision = format!("{point}#{}", known.revision);
        self.leave_unclaimed(&of_revision, Holder::Point(point), now).await
    }

    /// Messages that the user sent with transfers are in the receivers' statements.
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

    /// Messages that the user sent with transfers of points that they kept are in the statements of both sides.
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

    /// Wipes the message of a line in the statement of `reader`, and of the line of a debt that the money repaid.
    pub(super) async fn wipe_line(&self, reader: Account, own: &Entry) -> Result<(), StoreError> {
        if let Some(debt) = reader.debt() {
            self.wipe_entry(debt, own).await?;
        }
        self.wipe_entry(reader, own).await
    }

    async fn wipe_entry(&self, reader: Account, own: &Entry) -> Result<(), StoreError> {
        let Some(read) = self.table.get::<Entry>(entry_key(reader, own), Read::Strong).await? else { return Ok(()) };
        if read.value.message.is_none() {
            return Ok(());
        }
        let wiped = Entry { message: None, ..read.value.clone() };
        match self.table.replace(&read, wiped, &Outbox::none()).await {
            // A writer that changed it meanwhile wiped it too: lines change in no other way.
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Messages that the user sent with donations are in the donations.
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

    pub(super) async fn wipe_donation(&self, listed: &Listed) -> Result<(), StoreError> {
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
