//! Lists of orders: of a buyer, of a state, and of holds that have lapsed.

use std::collections::{BTreeSet, HashMap};

use dynamo::{Cursor, Entity, IndexKey, Key, Page, Read, StoreError, Versioned};
use futures::future::try_join_all;
use jiff::Timestamp;
use types::{OrderId, UserId, VariantId};

use super::orders::{NumberClaim, SHARDS, UserOrder, number_key, order_entry_key};
use super::{OrderEntry, Orders, Store};
use crate::domain::listed_state::ListedState;
use crate::domain::order::{CLOCK_TOLERANCE, HOLD};
use crate::domain::order_number::OrderName;
use crate::domain::placed::Order;

/// Lapsed orders of a page, per partition of the index.
const LAPSED_PAGE: u32 = 50;
/// Most pages that are searched for orders that hold units of a variant: 8,000 orders.
const MAX_SEARCHED_PAGES: usize = 20;

/// How far the lapsed orders have been read.
#[derive(Debug, Clone)]
pub struct LapsedCursor {
    /// The last time of a hold that has lapsed.
    end: String,
    /// The next sort key of each partition. None where nothing is left.
    next: Vec<Option<String>>,
    /// Items of a page, per partition.
    page_items: u32,
}

impl LapsedCursor {
    /// Begins with the oldest.
    pub fn new(now: Timestamp) -> Self {
        Self::with_pages_of(LAPSED_PAGE, now)
    }

    /// Begins with the oldest, and reads pages of so many items per partition.
    pub fn with_pages_of(page_items: u32, now: Timestamp) -> Self {
        let end = format!("until#{:015}#~", (now - CLOCK_TOLERANCE).as_millisecond().max(0));
        Self { end, next: vec![Some("until#".to_owned()); usize::from(SHARDS)], page_items }
    }

    /// True if all were read.
    pub fn is_done(&self) -> bool {
        self.next.iter().all(Option::is_none)
    }
}

/// Orders that a manager asks for.
#[derive(Debug, Clone, Copy)]
pub struct OrderFilter {
    /// State.
    pub state: ListedState,
    /// Placed at this time or later.
    pub from: Option<Timestamp>,
    /// Placed before this time.
    pub until: Option<Timestamp>,
}

impl Store {
    /// Finds the ID of an order: without a read by its ID, in one round trip by its number.
    pub async fn order_id(&self, name: &OrderName) -> Result<Option<OrderId>, StoreError> {
        match name {
            OrderName::Id(id) => Ok(Some(*id)),
            OrderName::Number(number) => {
                let claim = self.table.get::<NumberClaim>(number_key(number), Read::Strong).await?;
                Ok(claim.map(|claim| claim.value.order_id))
            }
        }
    }

    /// Reads an order strongly: one round trip by its ID, two by its number.
    pub async fn order_named(&self, name: &OrderName) -> Result<Option<Versioned<Order>>, StoreError> {
        match self.order_id(name).await? {
            Some(id) => self.order(id, Read::Strong).await,
            None => Ok(None),
        }
    }

    /// Lists a user's orders, newest first, in two round trips.
    pub async fn orders_of(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<OrderEntry>, StoreError> {
        let prefix = Key::new("user", user, "order#");
        let page = self.table.list_strong::<UserOrder>(prefix, true, limit, after).await?;
        let ids: Vec<OrderId> = page.items.iter().map(|pointer| pointer.value.order_id).collect();
        let keys = ids.iter().map(|id| order_entry_key(*id)).collect();
        let entries = self.table.get_many(keys, Read::Strong).await?.into_readable::<OrderEntry>();
        let mut entries: HashMap<OrderId, _> = entries.into_iter().map(|entry| (entry.value.order_id, entry)).collect();
        Ok(Page { items: ids.iter().filter_map(|id| entries.remove(id)).collect(), next: page.next })
    }

    /// Lists the orders of a state, newest first, in one round trip. The newest second may be missing.
    pub async fn orders_in(
        &self,
        filter: OrderFilter,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<OrderEntry>, StoreError> {
        let from = filter.from.map_or(0, Timestamp::as_millisecond).max(0);
        let until = filter.until.map(|until| cursor_before(filter.state, until));
        let after = match (after, until) {
            // A cursor of an earlier page is always older than the end of the range.
            (Some(after), _) => Some(after),
            (None, until) => until,
        };
        let shards = (0..SHARDS).map(|shard| {
            self.table.list_index::<OrderEntry>(prefix_of(filter.state, shard), true, limit, after.clone())
        });
        let pages = try_join_all(shards).await?;
        let more = pages.iter().any(|page| page.next.is_some());
        let mut items: Vec<_> = pages.into_iter().flat_map(|page| page.items).collect();
        let found = items.len();
        items.sort_by_key(|entry| std::cmp::Reverse(sort_of(&entry.value)));
        items.truncate(limit as usize);
        let is_cut = more || found > items.len();
        let within = items.iter().take_while(|entry| entry.value.placed_at.as_millisecond() >= from).count();
        let ended = within < items.len();
        items.truncate(within);
        let next = items.last().filter(|_| is_cut && !ended).and_then(|entry| entry.value.index());
        Ok(Page { items, next: next.map(|key| key.cursor()) })
    }

    /// Reads the next orders whose hold has lapsed, oldest first: a page of each partition of the index, in one round trip.
    pub async fn lapsed_page(&self, cursor: &mut LapsedCursor) -> Result<Vec<OrderEntry>, StoreError> {
        let LapsedCursor { end, next, page_items } = cursor;
        let limit = *page_items;
        let shards = next.iter().zip(0..SHARDS).map(|(first, shard)| {
            let range = first.as_ref().map(|first| (IndexKey::new("held", shard, first), &*end));
            async move {
                let Some((first, end)) = range else { return Ok(None) };
                let last = IndexKey::new("held", shard, end);
                self.table.list_index_between::<OrderEntry>(first, last, limit).await.map(Some)
            }
        });
        let pages = try_join_all(shards).await?;
        let mut found = Vec::new();
        for (next, page) in next.iter_mut().zip(pages) {
            let Some(page) = page else { continue };
            let last = page.items.last().and_then(|read| held_sort(&read.value)).filter(|_| page.next.is_some());
            // Behind this one.
            *next = last.map(|sort| format!("{sort}~"));
            found.extend(page.items.into_iter().map(|read| read.value));
        }
        found.sort_by_key(|entry| entry.until);
        Ok(found)
    }

    /// Finds orders whose hold has lapsed and that hold units of one of the variants, oldest first, at most so many. Searches
    /// behind older orders of other variants.
    pub async fn lapsed_with(
        &self,
        now: Timestamp,
        variants: &BTreeSet<VariantId>,
        limit: usize,
    ) -> Result<Vec<OrderId>, StoreError> {
        let (mut cursor, mut found) = (LapsedCursor::new(now), Vec::new());
        for _ in 0..MAX_SEARCHED_PAGES {
            let page = self.lapsed_page(&mut cursor).await?.into_iter();
            let holding = page.filter(|entry| entry.variants.iter().any(|variant| variants.contains(variant)));
            found.extend(holding.map(|entry| entry.order_id));
            if found.len() >= limit || cursor.is_done() {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }
}

/// The sort key of a held order in the index.
pub(super) fn held_sort(entry: &OrderEntry) -> Option<String> {
    entry.until.map(|until| format!("until#{:015}#{}", until.as_millisecond(), entry.order_id))
}

fn prefix_of(state: ListedState, shard: u8) -> IndexKey<Orders> {
    match state {
        ListedState::Held => IndexKey::new("held", shard, "until#"),
        other => IndexKey::new("state", format!("{}#{shard}", other.as_str()), "at#"),
    }
}

/// The cursor before the orders that were placed before a time. Held orders are listed by the end of their hold.
fn cursor_before(state: ListedState, until: Timestamp) -> Cursor {
    let sort = match state {
        ListedState::Held => format!("until#{:015}", (until + HOLD).as_millisecond().max(0)),
        _ => format!("at#{:015}", until.as_millisecond().max(0)),
    };
    IndexKey::<Orders>::new("state", "any", sort).cursor()
}

fn sort_of(entry: &OrderEntry) -> (Timestamp, OrderId) {
    (entry.placed_at, entry.order_id)
}
