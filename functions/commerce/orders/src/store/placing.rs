//! Placing an order: what is read for it, and the one transaction that writes it.

use std::collections::BTreeMap;

use dynamo::{Cancelled, Entity, Key, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{NotAllowed, Subject, subject_hash};
use serde::{Deserialize, Serialize};
use types::{BuyerId, CartId, LocationId, OrderId, VariantId};

use super::orders::{NumberClaim, change_units, order_entry_key, order_key};
use super::promotions::count_uses;
use super::{CartRead, OrderEntry, Orders, StockPart, Store, UserOrder, cart_key, level_key, locations_key, part_key};
use crate::domain::cart::Cart;
use crate::domain::checkout::CheckoutSettings;
use crate::domain::level::StockLevel;
use crate::domain::limits::{
    GUEST_ORDERS, MAX_UNPAID, MAX_UNPAID_OF_GUESTS, ORDERS, TooManyUnpaid, UNPAID_TIME, check_unpaid, unpaid_until,
};
use crate::domain::location::Locations;
use crate::domain::placed::Order;
use crate::domain::placing::NewOrder;
use crate::domain::stock::{Part, Taken};
use crate::store::Setting;

/// Most actions of a transaction (DynamoDB's own bound).
const MAX_ACTIONS: usize = 100;
/// Most recent orders of a user that are looked at for unpaid ones: as many as two windows of [`ORDERS`] allow.
const MAX_RECENT: u32 = 60;
/// Seconds that the trace of a guest's order outlives its use, because clocks differ.
const GRACE_SECONDS: i64 = 60;

/// A cart that is to be ordered, with all that decides about it.
#[derive(Debug)]
pub struct CheckoutRead {
    /// The cart with its prices.
    pub cart: CartRead,
    /// Checkout settings.
    pub settings: CheckoutSettings,
    /// Locations.
    pub locations: Locations,
}

/// What is known of a request to place an order.
#[derive(Debug)]
pub enum PlacingRead {
    /// The order exists.
    Placed(Box<Versioned<Order>>),
    /// The cart that it is to be placed from.
    Cart(Box<Versioned<Cart>>),
    /// There is no such cart of the buyer.
    NoCart,
}

/// Why an order was not written.
#[derive(Debug)]
pub enum NotPlaced {
    /// Units are no longer there, or others hold their items. Read the stock again.
    Stock,
    /// Another order has the number.
    NumberTaken,
    /// The account of the buyer was deleted.
    Forgotten,
    /// The order exists, the cart has changed, or a promotion was used up. Read all of it again.
    Changed,
    /// The order takes units from too many places for one transaction.
    TooManyParts,
    /// The table failed.
    Store(StoreError),
}

/// Why a buyer may not place an order now.
#[derive(Debug)]
pub enum NotAdmitted {
    /// Too many attempts within the hour, or the table failed.
    Limit(NotAllowed),
    /// Too many orders that nobody has paid.
    Unpaid(TooManyUnpaid),
}

impl<E: Into<NotAllowed>> From<E> for NotAdmitted {
    fn from(error: E) -> Self {
        Self::Limit(error.into())
    }
}

/// The trace of an order that a guest placed, at the hash of the network address. It expires with the time in which the order
/// can be unpaid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct GuestOrder {
    source: String,
    order_id: OrderId,
    placed_at: Timestamp,
}

impl Entity for GuestOrder {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        let sort = format!("order#{:015}#{}", self.placed_at.as_millisecond(), self.order_id);
        Key::new("limit", &self.source, sort)
    }

    fn expires_at(&self) -> Option<i64> {
        Some((self.placed_at + UNPAID_TIME).as_second() + GRACE_SECONDS)
    }
}

impl Store {
    /// Counts an attempt to place an order, and refuses it if too many orders are unpaid: of the user, or of the guests of the
    /// network address. One round trip, or two if some of the orders may be unpaid.
    pub async fn admit_order(&self, buyer: BuyerId, source_ip: &str, now: Timestamp) -> Result<(), NotAdmitted> {
        let source = subject_hash(&[source_ip]);
        let (limit, subject, max) = match buyer {
            BuyerId::User(user) => (ORDERS, Subject::User(user), MAX_UNPAID),
            BuyerId::Guest(_) => (GUEST_ORDERS, Subject::Source(&source), MAX_UNPAID_OF_GUESTS),
        };
        let counted = async { limit.count(&self.table, subject, now).await.map_err(NotAdmitted::from) };
        let recent = async { self.recent_orders(buyer, &source, now).await.map_err(NotAdmitted::from) };
        let (_, recent) = futures::try_join!(counted, recent)?;
        if recent.len() < max {
            return Ok(());
        }
        let keys = recent.into_iter().map(order_entry_key).collect();
        let entries = self.table.get_many(keys, Read::Strong).await?.into_readable::<OrderEntry>();
        let ends = entries.iter().map(|read| &read.value);
        let ends: Vec<_> =
            ends.filter_map(|entry| unpaid_until(entry.state, entry.until, entry.placed_at, now)).collect();
        check_unpaid(&ends, max, now).map_err(NotAdmitted::Unpaid)
    }

    /// Orders that are recent enough to be unpaid, newest first.
    async fn recent_orders(&self, buyer: BuyerId, source: &str, now: Timestamp) -> Result<Vec<OrderId>, StoreError> {
        let is_recent = |placed_at: Timestamp| placed_at + UNPAID_TIME > now;
        Ok(match buyer {
            BuyerId::User(user) => {
                let prefix = Key::new("user", user, "order#");
                let page = self.table.list_strong::<UserOrder>(prefix, true, MAX_RECENT, None).await?;
                let recent = page.items.into_iter().map(|read| read.value).filter(|order| is_recent(order.placed_at));
                recent.map(|order| order.order_id).collect()
            }
            BuyerId::Guest(_) => {
                let prefix = Key::new("limit", source, "order#");
                let page = self.table.list_strong::<GuestOrder>(prefix, true, MAX_RECENT, None).await?;
                let recent = page.items.into_iter().map(|read| read.value).filter(|order| is_recent(order.placed_at));
                recent.map(|order| order.order_id).collect()
            }
        })
    }

    /// Reads an order that may have been placed before, and the cart, in one round trip.
    pub async fn placing(
        &self,
        buyer: BuyerId,
        cart: CartId,
        order: OrderId,
        now: Timestamp,
    ) -> Result<PlacingRead, StoreError> {
        let mut keys = vec![order_key(order)];
        keys.extend(cart_key(buyer, cart));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        if let Some(order) = found.take::<Order>(order_key(order))? {
            return Ok(PlacingRead::Placed(Box::new(order)));
        }
        let read = cart_key(buyer, cart).map(|key| found.take::<Cart>(key)).transpose()?.flatten();
        let read = read.filter(|read| super::carts::belongs(&read.value, buyer, cart, now));
        Ok(read.map_or(PlacingRead::NoCart, |cart| PlacingRead::Cart(Box::new(cart))))
    }

    /// Reads what decides about the order of a cart, apart from the stock, in one round trip.
    pub async fn checkout(&self, cart: Versioned<Cart>) -> Result<CheckoutRead, StoreError> {
        let others = vec![CheckoutSettings::key_of_shop(), locations_key()];
        let mut cart = self.with_prices(cart, Read::Strong, others).await?;
        let settings = cart.others.take::<CheckoutSettings>(CheckoutSettings::key_of_shop())?;
        let locations = cart.others.take::<Locations>(locations_key())?;
        Ok(CheckoutRead {
            cart,
            settings: settings.map(|read| read.value).unwrap_or_default(),
            locations: locations.map(|read| read.value).unwrap_or_default(),
        })
    }

    /// Reads the free units of variants at locations, strongly. One round trip, or two if a level has several parts.
    pub async fn free_parts(
        &self,
        variants: impl IntoIterator<Item = VariantId>,
        locations: &[LocationId],
    ) -> Result<BTreeMap<VariantId, Vec<Part>>, StoreError> {
        let mut keys = Vec::new();
        for variant in variants {
            keys.extend(locations.iter().map(|location| level_key(variant, Some(*location))));
        }
        let mut levels = Vec::new();
        for found in self.read_all(keys).await? {
            levels.extend(found.into_all::<StockLevel>()?);
        }
        let mut parts: BTreeMap<VariantId, Vec<Part>> = BTreeMap::new();
        for level in self.with_parts(levels).await? {
            parts.entry(level.value.stock().variant_id).or_default().extend(level.value.parts());
        }
        Ok(parts)
    }

    /// Reads some parts strongly, in one round trip, and returns those that have the wanted units free, in their order. Back-orders do
    /// not count.
    pub async fn parts_with(&self, wanted: &[Taken]) -> Result<BTreeMap<VariantId, Vec<Part>>, StoreError> {
        let key = |Taken { variant_id, location_id, part, .. }: &Taken| match part {
            0 => level_key(*variant_id, Some(*location_id)),
            _ => part_key(*variant_id, *location_id, *part),
        };
        let mut parts: BTreeMap<VariantId, Vec<Part>> = BTreeMap::new();
        for mut found in self.read_all(wanted.iter().map(key).collect()).await? {
            for taken in wanted {
                let free = match taken.part {
                    0 => found.take::<StockLevel>(key(taken))?.map(|read| read.value.free),
                    _ => found.take::<StockPart>(key(taken))?.map(|read| read.value.free),
                };
                let Taken { variant_id, location_id, part, quantity } = *taken;
                if let Some(free) = free.filter(|free| *free >= i64::from(quantity)) {
                    let part = Part { location_id, part, free, backorder_limit: 0 };
                    parts.entry(variant_id).or_default().push(part);
                }
            }
        }
        Ok(parts)
    }

    /// Writes an order, and with it everything that it changes: its entry in the lists and number, the buyer's list, the cart,
    /// units and uses of promotions. A guest's order leaves a trace at the network address, for the limit of unpaid orders.
    pub async fn place(
        &self,
        new: &NewOrder,
        cart: &Versioned<Cart>,
        source_ip: &str,
        outbox: &Outbox,
    ) -> Result<(), NotPlaced> {
        let NewOrder { order, units, .. } = new;
        if 6 + units.items() + order.uses.len() > MAX_ACTIONS {
            return Err(NotPlaced::TooManyParts);
        }
        let claim = NumberClaim { number: order.number.clone(), order_id: order.id };
        let transaction = self.table.transaction().create(order, outbox).create(&claim, &Outbox::none());
        let transaction = match cart.value.after_order(order.placed_at) {
            Some(empty) => transaction.replace(cart, &empty, &Outbox::none()),
            None => transaction.delete(cart),
        };
        let transaction = transaction.create(&OrderEntry::of(order), &Outbox::none());
        let mut uses = count_uses(transaction, &order.uses);
        let first_use = 4;
        let mut first_unit = first_use + order.uses.len();
        let pointer = UserOrder::of(order);
        if let Some(pointer) = &pointer {
            uses = uses.create(pointer, &Outbox::none()).unless_forgotten(pointer.user_id);
            first_unit += 2;
        }
        let mut transaction = change_units(uses, units);
        if pointer.is_none() {
            let (source, placed_at) = (subject_hash(&[source_ip]), order.placed_at);
            transaction = transaction.create(&GuestOrder { source, order_id: order.id, placed_at }, &Outbox::none());
        }
        // Sent once: while others hold a part, the next attempt reads the stock and learns whether units are left.
        match transaction.commit_once().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Cancelled(cancelled)) => Err(reason(&cancelled, pointer.is_some(), first_unit)),
            // Others hold the items: another part may be free.
            Err(error) if error.is_contended() => Err(NotPlaced::Stock),
            Err(TransactionError::Store(error)) => Err(NotPlaced::Store(error)),
        }
    }
}

/// What stood in the way. The order's own item comes first: a repeated request finds everything else changed too.
fn reason(cancelled: &Cancelled, is_user: bool, first_unit: usize) -> NotPlaced {
    if (0..first_unit).all(|index| index == 1 || !cancelled.failed(index)) {
        return if cancelled.failed(1) { NotPlaced::NumberTaken } else { NotPlaced::Stock };
    }
    let is_forgotten = is_user && !cancelled.failed(0) && cancelled.failed(first_unit - 1);
    if is_forgotten { NotPlaced::Forgotten } else { NotPlaced::Changed }
}
