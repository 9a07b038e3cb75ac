//! Users at providers, and their saved methods.

use contracts::payments::PaymentProviderName;
use dynamo::StoreError;
use futures::future::BoxFuture;
use jiff::Timestamp;
use payment_providers::{OrderPayments, ProviderPayment, SavedMethods, Setup, SetupStatus};
use types::{UserId, Uuid};

use super::{Desk, NotAdvanced};
use crate::domain::methods::{Customer, DepartedCustomer, StoredMethod, StoredSetup, setup_reference};
use crate::domain::payment::Payment;

/// Reason why no method is saved.
#[derive(Debug)]
pub enum NotKept {
    /// Methods of the provider cannot be saved.
    Unsupported,
    /// Something else.
    Failed(NotAdvanced),
}

impl<E: Into<NotAdvanced>> From<E> for NotKept {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn saved_methods(provider: &dyn OrderPayments) -> Result<&dyn SavedMethods, NotKept> {
    provider.saved_methods().ok_or(NotKept::Unsupported)
}

impl Desk {
    /// Returns the user at a provider, who is created there if necessary: also if the known one was deleted there, which is
    /// looked up with `check`. Saved methods of a deleted one are gone.
    pub async fn ensure_customer(
        &self,
        user_id: UserId,
        provider: PaymentProviderName,
        known: Option<Customer>,
        check: bool,
    ) -> Result<Customer, NotKept> {
        let now = self.clock.now();
        let port = self.provider(provider, now).await?;
        let methods = saved_methods(&*port)?;
        if let Some(customer) = known {
            if !check || methods.has_customer(&customer.customer_id).await? {
                return Ok(customer);
            }
            self.drop_lost_customer(&customer).await?;
        }
        let customer_id = methods.create_customer(&user_id.to_string()).await?;
        let customer = Customer { user_id, provider, customer_id, default: None, created_at: now };
        if let Some(kept) = self.store.keep_customer(&customer).await? {
            return Ok(kept);
        }
        // The account was erased meanwhile, so nothing else removes the user there.
        methods.delete_customer(&customer.customer_id).await?;
        Err(NotKept::Failed(NotAdvanced::Erased))
    }

    /// Deletes a user who was deleted at the provider, with the saved methods there.
    async fn drop_lost_customer(&self, lost: &Customer) -> Result<(), NotAdvanced> {
        for method in self.store.methods(lost.user_id).await? {
            if method.provider == lost.provider {
                self.drop_stored_method(lost.user_id, &method).await?;
            }
        }
        let stored = self.store.customer(lost.user_id, lost.provider).await?;
        if let Some(stored) = stored.filter(|stored| stored.value.customer_id == lost.customer_id) {
            self.store.drop_customer(&stored).await?;
        }
        Ok(())
    }

    /// Starts to save a method, or continues: what the provider has saved meanwhile is written.
    pub async fn set_up(
        &self,
        user_id: UserId,
        provider: PaymentProviderName,
        id: Uuid,
        known: Option<StoredSetup>,
    ) -> Result<(Setup, Option<StoredMethod>), NotKept> {
        let now = self.clock.now();
        let port = self.provider(provider, now).await?;
        let methods = saved_methods(&*port)?;
        let setup = if let Some(known) = known {
            methods.find_setup(&known.setup_id).await?
        } else {
            let known = self.store.customer(user_id, provider).await?.map(|read| read.value);
            let customer = self.ensure_customer(user_id, provider, known, true).await?;
            let setup = methods.create_setup(&customer.customer_id, &setup_reference(user_id, id)).await?;
            let stored = StoredSetup { id, user_id, provider, setup_id: setup.id.clone(), created_at: now };
            if !self.store.keep_setup(&stored).await? {
                return Err(NotKept::Failed(NotAdvanced::Erased));
            }
            setup
        };
        let method = self.keep_method_of(user_id, provider, &setup).await?;
        Ok((setup, method))
    }

    /// Writes the method of a setup that succeeded.
    pub async fn keep_method_of(
        &self,
        user_id: UserId,
        provider: PaymentProviderName,
        setup: &Setup,
    ) -> Result<Option<StoredMethod>, NotAdvanced> {
        let card = setup.method.clone().filter(|_| setup.status == SetupStatus::Succeeded);
        let Some(card) = card else { return Ok(None) };
        let method = StoredMethod::new(user_id, provider, card, self.clock.now());
        Ok(self.store.keep_method(&method).await?)
    }

    /// Writes the method that paid, if its owner wants it to be saved.
    pub(super) async fn keep_paying_method(
        &self,
        payment: &Payment,
        view: &ProviderPayment,
        now: Timestamp,
    ) -> Result<(), NotAdvanced> {
        let is_paid = view.facts.authorized_minor > 0 || view.facts.captured_minor() > 0;
        let is_new = !payment.is_paid() && payment.session.save_method && is_paid && view.customer.is_some();
        if let (true, Some(user), Some(card)) = (is_new, payment.user_id(), view.method.clone()) {
            let method = StoredMethod::new(user, payment.session.provider, card, now);
            self.store.keep_method(&method).await?;
        }
        Ok(())
    }

    /// Removes a user with all saved methods here, and then at every provider. What a provider does not delete now is the
    /// sweep's, so a provider that is off or down delays nothing else. With a time, only customers that were created before it.
    pub fn drop_customers(&self, user: UserId, until: Option<Timestamp>) -> BoxFuture<'_, Result<(), NotAdvanced>> {
        Box::pin(self.drop_customers_now(user, until))
    }

    async fn drop_customers_now(&self, user: UserId, until: Option<Timestamp>) -> Result<(), NotAdvanced> {
        let now = self.clock.now();
        let mut departed = Vec::new();
        for customer in self.store.customers(user).await? {
            if until.is_some_and(|until| customer.value.created_at > until) {
                continue;
            }
            let noted = DepartedCustomer::new(&customer.value, now);
            self.store.note_departed(&noted).await?;
            for method in self.store.methods(user).await? {
                if method.provider == customer.value.provider {
                    self.drop_stored_method(user, &method).await?;
                }
            }
            self.store.drop_customer(&customer).await?;
            departed.push(noted);
        }
        for customer in departed {
            self.delete_departed(&customer, now).await?;
        }
        Ok(())
    }

    /// Deletes a customer at the provider. If that fails, the sweep tries it again.
    pub fn delete_departed<'a>(
        &'a self,
        departed: &'a DepartedCustomer,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            match self.delete_at_provider(departed, now).await {
                Ok(()) => self.store.drop_departed(departed).await,
                Err(error) => {
                    tracing::warn!(%error, "a provider did not delete a customer whose account was deleted");
                    Ok(())
                }
            }
        })
    }

    async fn delete_at_provider(&self, departed: &DepartedCustomer, now: Timestamp) -> Result<(), NotAdvanced> {
        let port = self.provider(departed.provider, now).await?;
        if let Some(methods) = port.saved_methods() {
            methods.delete_customer(&departed.customer_id).await?;
        }
        Ok(())
    }

    async fn drop_stored_method(&self, user: UserId, method: &StoredMethod) -> Result<(), NotAdvanced> {
        if let Some(read) = self.store.method(user, method.id).await? {
            self.store.drop_method(read).await?;
        }
        Ok(())
    }
}
