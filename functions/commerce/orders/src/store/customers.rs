//! What this context holds on users: the cart, and the customer group.

use dynamo::{Forgotten, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use types::UserId;

use super::{Store, customer_key, user_cart_key};
use crate::domain::cart::Cart;
use crate::domain::customer::Customer;

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

    /// Deletes what this context holds on a user, a bounded number of items at a time.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
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
