//! What this context holds on users: the cart, and the customer group.

use std::convert::Infallible;

use dynamo::{Forgotten, Key, Outbox, Read, StoreError, TransactionError, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use types::{OrderId, UserId};

use super::{OrderChange, Store, UserOrder, customer_key, user_cart_key};
use crate::domain::cart::Cart;
use crate::domain::customer::Customer;
use crate::domain::placed::Order;
use crate::domain::unit_changes::UnitChanges;

/// Most orders that one call takes away from a user.
const MAX_DETACHED: u32 = 100;
/// How many orders are changed at the same time.
const MAX_PARALLEL: usize = 8;

/// Reason why a customer was not written.
#[derive(Debug)]
pub enum CustomerNotWritten {
    /// The user was deleted.
    Forgotten,
    /// Something changed since it was read. Read it again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl Store {
    /// Reads a customer. None for a user without a group.
    pub async fn customer(&self, user: UserId) -> Result<Option<Versioned<Customer>>, StoreError> {
        self.table.get(customer_key(user), Read::Strong).await
    }

    /// Writes a customer, unless the user was deleted.
    pub async fn set_customer(
        &self,
        read: Option<&Versioned<Customer>>,
        next: &Customer,
    ) -> Result<(), CustomerNotWritten> {
        let transaction = match read {
            Some(read) => self.table.transaction().replace(read, next, &Outbox::none()),
            None => self.table.transaction().create(next, &Outbox::none()),
        };
        match transaction.unless_forgotten(next.user_id).commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Err(CustomerNotWritten::Forgotten),
            Err(TransactionError::Cancelled(_)) => Err(CustomerNotWritten::Conflict),
            Err(TransactionError::Store(error)) => Err(CustomerNotWritten::Store(error)),
        }
    }

    /// Deletes what this context holds on a user, a bounded number of items at a time. Orders stay with their lines and
    /// amounts, for bookkeeping; e-mail address, names and addresses are erased in them.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        // From here on no order is placed that this call might miss.
        self.table.mark_forgotten(user, now.as_second()).await?;
        let orders = self.detach_page(user, Timestamp::MAX, now, true).await?;
        if orders.more {
            return Ok(orders);
        }
        let Forgotten { items, more } = self.table.forget_marked(user).await?;
        Ok(Forgotten { items: items + orders.items, more })
    }

    /// Takes the orders that were placed before a moment away from a user: they were placed by an earlier user of the account.
    /// They are shipped as they were placed. Returns how many there were, and whether there are more.
    pub async fn detach_orders_before(
        &self,
        user: UserId,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        self.detach_page(user, before, now, false).await
    }

    /// Detaches the oldest orders of a user.
    async fn detach_page(
        &self,
        user: UserId,
        before: Timestamp,
        now: Timestamp,
        erase: bool,
    ) -> Result<Forgotten, StoreError> {
        let prefix = Key::new("user", user, "order#");
        let page = self.table.list_strong::<UserOrder>(prefix, false, MAX_DETACHED, None).await?;
        let full = page.next.is_some();
        let pointers: Vec<_> = page.items.into_iter().filter(|pointer| pointer.value.placed_at < before).collect();
        let items = pointers.len();
        let detached = stream::iter(pointers).map(|pointer| async move {
            self.detach(pointer.value.order_id, now, erase).await?;
            self.remove_copies(pointer).await
        });
        detached.buffer_unordered(MAX_PARALLEL).try_collect::<Vec<bool>>().await?;
        Ok(Forgotten { items, more: full && items > 0 })
    }

    /// Takes an order away from its buyer, and erases whom it names.
    async fn detach(&self, order: OrderId, now: Timestamp, erase: bool) -> Result<(), StoreError> {
        let decide = |read: &Versioned<Order>| -> Result<_, Infallible> {
            let next = read.value.detached(erase, now);
            Ok(next.map(|next| OrderChange { next, units: UnitChanges::default(), outbox: Outbox::none() }))
        };
        self.change_order(order, decide).await.map(drop)
    }

    /// Deletes the cart and the customer group of a user, if they are from before a moment. False if there was nothing.
    pub async fn drop_customer_before(&self, user: UserId, before: Timestamp) -> Result<bool, StoreError> {
        let keys = vec![user_cart_key(user), customer_key(user)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let cart = found.take::<Cart>(user_cart_key(user))?.filter(|cart| cart.value.created_at < before);
        let customer = found.take::<Customer>(customer_key(user))?.filter(|customer| customer.value.set_at < before);
        let mut dropped = false;
        if let Some(cart) = cart {
            dropped |= self.table.remove(cart).await?;
        }
        if let Some(customer) = customer {
            dropped |= self.table.remove(customer).await?;
        }
        Ok(dropped)
    }
}
