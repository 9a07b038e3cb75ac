//! Orders: their items, and how a change of an order is written together with units, uses of promotions and events.

use dynamo::{ConflictRetry, Count, Entity, IndexKey, Key, Outbox, Read, StoreError, Transaction, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, LocationId, Money, OrderId, UserId, VariantId};

use super::promotions::return_uses;
use super::stock::NotWritten;
use super::{Orders, StockPart, Store, level_key};
use crate::domain::level::MAX_ON_HAND;
use crate::domain::listed_state::ListedState;
use crate::domain::order::State;
use crate::domain::order_number::OrderNumber;
use crate::domain::placed::{Contact, Order};
use crate::domain::unit_changes::{LocationChange, UnitChanges};

/// Partitions of the index that the orders of one state are divided among.
pub const SHARDS: u8 = 8;

/// An order in lists: small, because the index copies it. Written with each change of what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEntry {
    /// Order ID.
    pub order_id: OrderId,
    /// Order number.
    pub number: OrderNumber,
    /// State.
    pub state: ListedState,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// End of the hold, while it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What the buyer pays, in minor units.
    pub total: i64,
    /// Currency.
    pub currency: CurrencyCode,
    /// The variants whose units it holds, while it is held: who lacks units of one looks for lapsed orders with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantId>,
}

impl OrderEntry {
    /// The entry of an order.
    pub fn of(order: &Order) -> Self {
        let until = match order.fulfilment.state {
            State::Held { until } => Some(until),
            _ => None,
        };
        Self {
            order_id: order.id,
            number: order.number.clone(),
            state: order.fulfilment.state.into(),
            placed_at: order.placed_at,
            until,
            total: order.totals.total,
            currency: order.totals.currency.clone(),
            variants: until.map(|_| order.stock_items().into_iter().collect()).unwrap_or_default(),
        }
    }
}

impl Entity for Order {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        order_key(self.id)
    }
}

impl Entity for OrderEntry {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        order_entry_key(self.order_id)
    }

    /// Held orders are listed by the end of their hold, others by their state and the time at which they were placed.
    fn index(&self) -> Option<IndexKey<Orders>> {
        let shard = shard_of(self.order_id);
        if let Some(sort) = super::order_lists::held_sort(self) {
            return Some(IndexKey::new("held", shard, sort));
        }
        let sort = format!("at#{:015}#{}", self.placed_at.as_millisecond(), self.order_id);
        Some(IndexKey::new("state", format!("{}#{shard}", self.state.as_str()), sort))
    }
}

/// The claim of an order number: no two orders have one number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NumberClaim {
    pub(super) number: OrderNumber,
    pub(super) order_id: OrderId,
}

impl Entity for NumberClaim {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        number_key(&self.number)
    }
}

/// Points from a user to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserOrder {
    /// The user.
    pub user_id: UserId,
    /// The order.
    pub order_id: OrderId,
    /// Order number, for the export of personal data.
    pub number: OrderNumber,
    /// What the buyer pays, for the export of personal data.
    pub total: Money,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// E-mail address and addresses, for the export of personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

impl UserOrder {
    /// The pointer to an order. None if it is not a user's.
    pub fn of(order: &Order) -> Option<Self> {
        Some(Self {
            user_id: order.user_id()?,
            order_id: order.id,
            number: order.number.clone(),
            total: Money::new(order.totals.total, order.totals.currency.clone()),
            placed_at: order.placed_at,
            contact: order.contact.clone(),
        })
    }
}

impl Entity for UserOrder {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        let sort = format!("order#{:015}#{}", self.placed_at.as_millisecond(), self.order_id);
        Key::new("user", self.user_id, sort)
    }
}

/// The units of a level that an order changes: the same item as the level, without its settings and its revision. Managers'
/// changes come one after the other by the version of the variant's stock; those of orders do not touch it.
#[derive(Debug, Serialize, Deserialize)]
struct ReservedUnits {
    variant_id: VariantId,
    location_id: LocationId,
}

impl Entity for ReservedUnits {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        level_key(self.variant_id, Some(self.location_id))
    }
}

pub(super) fn order_key(id: OrderId) -> Key<Orders> {
    Key::new("order", id, "order")
}

pub(super) fn order_entry_key(id: OrderId) -> Key<Orders> {
    Key::new("order", id, "entry")
}

pub(super) fn number_key(number: &OrderNumber) -> Key<Orders> {
    Key::new("number", number, "number")
}

/// The shard of an order in the index: IDs are hashes or end in random bits.
pub(super) fn shard_of(order: OrderId) -> u8 {
    order.uuid().as_bytes().last().copied().unwrap_or_default() % SHARDS
}

/// A change of an order.
#[derive(Debug)]
pub struct OrderChange {
    /// The order after the change.
    pub next: Order,
    /// Units that change by it.
    pub units: UnitChanges,
    /// Its events.
    pub outbox: Outbox,
}

/// What came of a change of an order.
#[derive(Debug)]
pub enum OrderOutcome<R> {
    /// It was written.
    Changed(Box<Versioned<Order>>),
    /// Nothing was to be changed. The order is as it was read.
    Unchanged(Box<Versioned<Order>>),
    /// The change was refused.
    Refused(R),
    /// There is no such order.
    Absent,
}

impl Store {
    /// Reads an order.
    pub async fn order(&self, id: OrderId, read: Read) -> Result<Option<Versioned<Order>>, StoreError> {
        self.table.get(order_key(id), read).await
    }

    /// Reads an order, decides, and writes the change with its units and events; again with the newer state if others
    /// changed the order meanwhile. `decide` returns `None` if there is nothing to do.
    pub async fn change_order<R>(
        &self,
        id: OrderId,
        decide: impl Fn(&Versioned<Order>) -> Result<Option<OrderChange>, R>,
    ) -> Result<OrderOutcome<R>, StoreError> {
        match self.order(id, Read::Strong).await? {
            Some(read) => self.change_read_order(read, decide).await,
            None => Ok(OrderOutcome::Absent),
        }
    }

    /// [`Self::change_order`] of an order that was read already.
    pub async fn change_read_order<R>(
        &self,
        mut read: Versioned<Order>,
        decide: impl Fn(&Versioned<Order>) -> Result<Option<OrderChange>, R>,
    ) -> Result<OrderOutcome<R>, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let change = match decide(&read) {
                Ok(Some(change)) => change,
                Ok(None) => return Ok(OrderOutcome::Unchanged(Box::new(read))),
                Err(refusal) => return Ok(OrderOutcome::Refused(refusal)),
            };
            match self.write_order(&read, change).await {
                Ok(written) => return Ok(OrderOutcome::Changed(Box::new(written))),
                Err(NotWritten::Conflict) => retry.pause().await?,
                Err(NotWritten::Store(error)) => return Err(error),
            }
            match self.order(read.value.id, Read::Strong).await? {
                Some(newer) => read = newer,
                None => return Ok(OrderOutcome::Absent),
            }
        }
    }

    /// Writes a change of an order that was read. See [`Self::order_transaction`].
    pub async fn write_order(
        &self,
        read: &Versioned<Order>,
        change: OrderChange,
    ) -> Result<Versioned<Order>, NotWritten> {
        let OrderChange { mut next, units, outbox } = change;
        self.order_transaction(read, &mut next, &units, &outbox).commit().await?;
        Ok(read.successor(next))
    }

    /// Starts a transaction that writes a change of an order: the order under its version, its entry in the lists if that
    /// changes, units, and the uses of its promotions, which it gives back when it lapses or is cancelled. Write 0 is the
    /// order. Others may be added for other items than these.
    pub(super) fn order_transaction(
        &self,
        read: &Versioned<Order>,
        next: &mut Order,
        units: &UnitChanges,
        outbox: &Outbox,
    ) -> Transaction<Orders> {
        let (listed, entry) = (OrderEntry::of(&read.value), OrderEntry::of(next));
        let read_entry = (listed != entry).then(|| Versioned::new(listed, read.value.entry_version));
        next.entry_version = read.value.entry_version + u64::from(read_entry.is_some());
        let mut transaction = self.table.transaction().replace(read, &*next, outbox);
        if let Some(listed) = read_entry {
            transaction = transaction.replace(&listed, &entry, &Outbox::none());
        }
        let transaction = change_units(transaction, units);
        if gives_back_uses(&read.value, next) { return_uses(transaction, &next.uses) } else { transaction }
    }
}

/// True if the order ends by this change without having been sold.
fn gives_back_uses(read: &Order, next: &Order) -> bool {
    let has_ended = |order: &Order| matches!(order.fulfilment.state, State::Cancelled | State::Lapsed);
    has_ended(next) && !has_ended(read)
}

/// The number of writes of the order's entry in a transaction that changes the order: 1 if the entry changes.
pub(super) fn order_transaction_entry(read: &Versioned<Order>, next: &Order) -> usize {
    usize::from(next.entry_version != read.value.entry_version)
}

/// Adds changes of units to a transaction: one write per item.
pub(super) fn change_units(mut transaction: Transaction<Orders>, units: &UnitChanges) -> Transaction<Orders> {
    for (variant_id, location_id, change) in units.iter() {
        let LocationChange { on_hand, free } = change;
        let mut counts = Vec::new();
        if *on_hand != 0 {
            counts.push(Count { attribute: "on_hand", by: *on_hand, bounds: 0..=MAX_ON_HAND });
        }
        for (part, free) in free.iter().filter(|(_, free)| free.by != 0) {
            let lowest = if free.by < 0 { -i64::from(free.backorder_limit) } else { i64::MIN };
            let count = Count { attribute: "free", by: free.by, bounds: lowest..=MAX_ON_HAND };
            if *part == 0 {
                counts.push(count);
            } else {
                let item = StockPart { variant_id, location_id, part: *part, free: 0 };
                transaction = transaction.count_all(&item, &[count]);
            }
        }
        if !counts.is_empty() {
            transaction = transaction.count_all(&ReservedUnits { variant_id, location_id }, &counts);
        }
    }
    transaction
}
