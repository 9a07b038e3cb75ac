//! Users at providers, and their saved methods.

use contracts::payments::PaymentProviderName;
use dynamo::{Conflict, IndexKey, Page, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{Limit, NotAllowed, Subject};
use types::{PaymentMethodId, UserId, Uuid};

use super::deciding::Decided;
use super::{Store, customer_key, customers_key, departed_key, method_key, methods_key, setup_key};
use crate::domain::methods::{Customer, DepartedCustomer, StoredMethod, StoredSetup};

/// One more than a user may have: what is beyond was added at the same time.
const PAGE_ITEMS: u32 = 100;

impl Store {
    /// Reads a user at a provider.
    pub async fn customer(
        &self,
        user: UserId,
        provider: PaymentProviderName,
    ) -> Result<Option<Versioned<Customer>>, StoreError> {
        self.table.get(customer_key(user, provider), Read::Strong).await
    }

    /// Reads a user at all providers.
    pub async fn customers(&self, user: UserId) -> Result<Vec<Versioned<Customer>>, StoreError> {
        let page = self.table.list_strong(customers_key(user), false, PAGE_ITEMS, None).await?;
        Ok(page.items)
    }

    /// Writes a user at a provider. Returns what is stored: another request may have been faster. `None` if the account was
    /// erased.
    pub async fn keep_customer(&self, customer: &Customer) -> Result<Option<Customer>, StoreError> {
        let key = || customer_key(customer.user_id, customer.provider);
        let decide = |known: Option<&Customer>| known.is_none().then(|| customer.clone());
        match self.decide(key, Some(customer.user_id), decide).await? {
            Decided::Written(customer) | Decided::Kept(Some(customer)) => Ok(Some(customer)),
            Decided::Kept(None) | Decided::Erased => Ok(None),
        }
    }

    /// Makes a method the first that is suggested.
    pub async fn set_default(
        &self,
        user: UserId,
        provider: PaymentProviderName,
        method: Option<PaymentMethodId>,
    ) -> Result<(), StoreError> {
        let decide = |known: Option<&Customer>| {
            let changed = known.filter(|known| known.default != method);
            changed.map(|known| Customer { default: method, ..known.clone() })
        };
        self.decide(|| customer_key(user, provider), None, decide).await.map(drop)
    }

    /// Reads a saved method of a user.
    pub async fn method(
        &self,
        user: UserId,
        id: PaymentMethodId,
    ) -> Result<Option<Versioned<StoredMethod>>, StoreError> {
        self.table.get(method_key(user, id), Read::Strong).await
    }

    /// Reads all saved methods of a user.
    pub async fn methods(&self, user: UserId) -> Result<Vec<StoredMethod>, StoreError> {
        let page: Page<StoredMethod> = self.table.list_strong(methods_key(user), false, PAGE_ITEMS, None).await?;
        Ok(page.items.into_iter().map(|read| read.value).collect())
    }

    /// Counts a setup of a user, within the limit of the day.
    pub async fn admit_setup(&self, user: UserId, limit: Limit, now: Timestamp) -> Result<(), NotAllowed> {
        limit.count(&self.table, Subject::User(user), now).await.map(drop)
    }

    /// Writes a method that was saved at the provider, and returns it as it is stored: several may learn of it at once, and it
    /// was saved when the first of them did. `None` if the account was erased.
    pub async fn keep_method(&self, method: &StoredMethod) -> Result<Option<StoredMethod>, StoreError> {
        let decide = |known: Option<&StoredMethod>| match known {
            Some(known) if known.card == method.card => None,
            Some(known) => Some(StoredMethod { saved_at: known.saved_at, ..method.clone() }),
            None => Some(method.clone()),
        };
        match self.decide(|| method_key(method.user_id, method.id), Some(method.user_id), decide).await? {
            Decided::Written(method) | Decided::Kept(Some(method)) => Ok(Some(method)),
            Decided::Kept(None) | Decided::Erased => Ok(None),
        }
    }

    /// Deletes a method that was removed at the provider.
    pub async fn drop_method(&self, method: Versioned<StoredMethod>) -> Result<(), StoreError> {
        self.table.remove(method).await.map(drop)
    }

    /// Reads a setup of a user.
    pub async fn setup(&self, user: UserId, id: Uuid) -> Result<Option<StoredSetup>, StoreError> {
        Ok(self.table.get::<StoredSetup>(setup_key(user, id), Read::Strong).await?.map(|read| read.value))
    }

    /// Writes a setup, unless it is there or the account was erased. False if the account was erased.
    pub async fn keep_setup(&self, setup: &StoredSetup) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().create(setup, &dynamo::Outbox::none());
        match transaction.unless_forgotten(setup.user_id).commit().await {
            Ok(()) => Ok(true),
            Err(TransactionError::Cancelled(cancelled)) => Ok(!cancelled.failed(1)),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Writes that a provider is to delete a customer, unless that is written.
    pub async fn note_departed(&self, departed: &DepartedCustomer) -> Result<(), StoreError> {
        let key = || departed_key(departed.provider, &departed.customer_id);
        let decide = |known: Option<&DepartedCustomer>| known.is_none().then(|| departed.clone());
        self.decide(key, None, decide).await.map(drop)
    }

    /// Customers whom providers are to delete, in the order of their times.
    pub async fn departed(&self, limit: u32) -> Result<Vec<DepartedCustomer>, StoreError> {
        let prefix = IndexKey::new("departed", "all", "due#");
        let page: Page<DepartedCustomer> = self.table.list_index(prefix, false, limit, None).await?;
        Ok(page.items.into_iter().map(|read| read.value).collect())
    }

    /// Notes an attempt of the sweep to delete a customer. False if it is not due any more.
    pub async fn note_departed_attempt(&self, seen: &DepartedCustomer, now: Timestamp) -> Result<bool, StoreError> {
        let key = || departed_key(seen.provider, &seen.customer_id);
        let decide =
            |known: Option<&DepartedCustomer>| known.filter(|known| *known == seen).map(|known| known.swept(now));
        Ok(matches!(self.decide(key, None, decide).await?, Decided::Written(_)))
    }

    /// Deletes the note of a customer whom the provider deleted.
    pub async fn drop_departed(&self, departed: &DepartedCustomer) -> Result<(), StoreError> {
        let key = departed_key(departed.provider, &departed.customer_id);
        match self.table.get::<DepartedCustomer>(key, Read::Strong).await? {
            Some(read) => self.table.remove(read).await.map(drop),
            None => Ok(()),
        }
    }

    /// Deletes a user at a provider, after it was noted that the provider is to delete it.
    pub async fn drop_customer(&self, customer: &Versioned<Customer>) -> Result<(), StoreError> {
        match self.table.delete(customer).await {
            Ok(()) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}
