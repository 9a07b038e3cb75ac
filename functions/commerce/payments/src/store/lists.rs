//! Lists of payments: all of them by time, those that are due, those that need attention, and money without a payment.

use contracts::payments::PaymentProviderName;
use dynamo::{Cursor, IndexKey, Page, StoreError, Versioned};
use futures::future::try_join_all;
use jiff::Timestamp;
use payment_providers::FactStatus;
use serde::{Deserialize, Serialize};
use types::{Money, OrderId, PaymentId};

use super::{Payments, SHARDS, Store};
use crate::domain::attention::Attention;
use crate::domain::orphan::Orphan;
use crate::domain::payment::Payment;

/// A payment in the list of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentEntry {
    /// Payment ID.
    pub payment_id: PaymentId,
    /// Order ID.
    pub order_id: OrderId,
    /// Order number.
    pub number: String,
    /// Provider.
    pub provider: PaymentProviderName,
    /// Status.
    pub status: FactStatus,
    /// Amount of the order.
    pub money: Money,
    /// Amount that was taken, in minor units.
    pub captured_minor: i64,
    /// Amount that was returned, in minor units.
    pub refunded_minor: i64,
    /// Whether a dispute is undecided or lost.
    pub is_disputed: bool,
    /// Time of the start.
    pub started_at: Timestamp,
}

impl PaymentEntry {
    /// The entry of a payment.
    pub fn of(payment: &Payment) -> Self {
        Self {
            payment_id: payment.id,
            order_id: payment.order_id,
            number: payment.number.clone(),
            provider: payment.session.provider,
            status: payment.status(),
            money: payment.money.clone(),
            captured_minor: payment.facts.captured_minor(),
            refunded_minor: payment.facts.refunded_minor(),
            is_disputed: payment.facts.is_disputed(),
            started_at: payment.started_at,
        }
    }
}

/// When the sweep looks after a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueEntry {
    /// Payment ID.
    pub payment_id: PaymentId,
    /// Time.
    pub due_at: Timestamp,
}

/// Payments of a page of those that are due, per partition of the index.
const DUE_PAGE: u32 = 25;

/// Where a partition of the payments that are due goes on.
type Partition = Option<Cursor>;

/// How far the payments that are due have been read.
#[derive(Debug, Clone)]
pub struct DueCursor {
    /// The last time that is due.
    end: Timestamp,
    /// Where each partition goes on. None where nothing is left.
    next: Vec<Option<Partition>>,
}

impl DueCursor {
    /// Begins with the oldest.
    pub fn new(now: Timestamp) -> Self {
        Self { end: now, next: vec![Some(None); usize::from(SHARDS)] }
    }

    /// True if all were read.
    pub fn is_done(&self) -> bool {
        self.next.iter().all(Option::is_none)
    }
}

/// Which payments of the list are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Started at this time or later.
    pub from: Option<Timestamp>,
    /// Started before this time.
    pub to: Option<Timestamp>,
    /// In this status.
    pub status: Option<FactStatus>,
}

impl Window {
    fn has(&self, entry: &PaymentEntry) -> bool {
        self.status.is_none_or(|status| entry.status == status) && !self.is_before(entry)
    }

    fn is_before(&self, entry: &PaymentEntry) -> bool {
        self.from.is_some_and(|from| entry.started_at < from)
    }

    /// Where the list begins: all sort keys of earlier starts are smaller.
    fn first(&self) -> Option<Cursor> {
        self.to.map(|to| cursor(format!("at#{:015}#", to.as_millisecond())))
    }
}

fn cursor(sort: String) -> Cursor {
    IndexKey::<Payments>::new("list", 0, sort).cursor()
}

impl Store {
    /// A page of all payments in a window, newest first. The newest second may be missing. A page may be shorter than asked
    /// for, also empty, if few of the payments that were read have the status.
    pub async fn payments(
        &self,
        window: Window,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<PaymentEntry>, StoreError> {
        let after = after.or_else(|| window.first());
        let read = |shard| {
            let prefix = IndexKey::new("list", shard, "at#");
            self.table.list_index::<PaymentEntry>(prefix, true, limit, after.clone())
        };
        let pages = try_join_all((0..SHARDS).map(read)).await?;
        let more = pages.iter().any(|page| page.next.is_some());
        let mut items: Vec<Versioned<PaymentEntry>> = pages.into_iter().flat_map(|page| page.items).collect();
        items.sort_by_key(|read| std::cmp::Reverse((read.value.started_at, read.value.payment_id)));
        let is_cut = more || items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().map(|read| &read.value);
        let ended = last.is_none_or(|last| window.is_before(last));
        let next = last
            .filter(|_| is_cut && !ended)
            .map(|last| cursor(format!("at#{:015}#{}", last.started_at.as_millisecond(), last.payment_id)));
        items.retain(|read| window.has(&read.value));
        Ok(Page { items, next })
    }

    /// Reads the next payments that the sweep looks after: a page of each partition of the index, in one round trip.
    pub async fn due_page(&self, cursor: &mut DueCursor) -> Result<Vec<DueEntry>, StoreError> {
        let end = cursor.end;
        let shards = cursor.next.iter().zip(0..SHARDS).map(|(next, shard)| async move {
            let Some(after) = next else { return Ok(None) };
            let prefix = IndexKey::new("due", shard, "due#");
            self.table.list_index::<DueEntry>(prefix, false, DUE_PAGE, after.clone()).await.map(Some)
        });
        let pages = try_join_all(shards).await?;
        let mut due = Vec::new();
        for (next, page) in cursor.next.iter_mut().zip(pages) {
            let Some(page) = page else { continue };
            // In the order of their times, so the first that is not due ends the partition.
            let is_ended = page.items.last().is_none_or(|last| last.value.due_at > end);
            due.extend(page.items.into_iter().map(|read| read.value).take_while(|entry| entry.due_at <= end));
            *next = page.next.filter(|_| !is_ended).map(Some);
        }
        Ok(due)
    }

    /// A page of what needs attention, oldest first.
    pub async fn attention(&self, limit: u32, after: Option<Cursor>) -> Result<Page<Attention>, StoreError> {
        self.table.list_index(IndexKey::new("attention", "all", "at#"), false, limit, after).await
    }

    /// A page of money that belongs to no payment here, oldest first.
    pub async fn orphans(&self, limit: u32, after: Option<Cursor>) -> Result<Page<Orphan>, StoreError> {
        self.table.list_index(IndexKey::new("orphans", "all", "at#"), false, limit, after).await
    }
}
