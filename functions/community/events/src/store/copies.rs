//! Copies of what other contexts know.

use contracts::wallet::BUILT_IN_CURRENCIES;
use dynamo::{Entity, Key, Outcome, Read, StoreError, Versioned};
use types::{CurrencyCode, PointId, UserId};

use super::keys::{currency_key, medium_key, point_key, standing_key, subscription_key};
use super::{Events, Store};
use crate::domain::copies::{CurrencyCopy, MediumCopy, PointCopy, Standing, Subscription};

impl Store {
    /// Keeps what is told of a point. False if what is known is as new.
    pub async fn keep_point(&self, copy: &PointCopy) -> Result<bool, StoreError> {
        self.keep(point_key(copy.point_id), None, |known| copy.clone().after(known)).await
    }

    /// Keeps what is told of a person. False if what is known is as new, or they are forgotten.
    pub async fn keep_standing(&self, copy: &Standing) -> Result<bool, StoreError> {
        self.keep(standing_key(copy.user_id), Some(copy.user_id), |known| copy.clone().after(known)).await
    }

    /// What is known of a person's standing.
    pub async fn standing(&self, user: UserId) -> Result<Option<Standing>, StoreError> {
        Ok(self.table.get(standing_key(user), Read::Strong).await?.map(|known| known.value))
    }

    /// Keeps what is told of a picture. False if what is known is as new, or its owner is forgotten.
    pub async fn keep_medium(&self, copy: &MediumCopy) -> Result<bool, StoreError> {
        let key = medium_key(copy.owner_id, copy.media_id);
        self.keep(key, Some(copy.owner_id), |known| copy.clone().after(known)).await
    }

    /// Keeps what is told of a subscription. False if what is known is as new, or its owner is forgotten.
    pub async fn keep_subscription(&self, copy: &Subscription) -> Result<bool, StoreError> {
        let key = subscription_key(copy.user_id, copy.point_id);
        self.keep(key, Some(copy.user_id), |known| copy.clone().after(known)).await
    }

    /// Keeps a currency. False if it is known.
    pub async fn keep_currency(&self, code: &CurrencyCode) -> Result<bool, StoreError> {
        let copy = CurrencyCopy { code: code.clone() };
        self.keep(currency_key(code), None, |known| known.is_none().then(|| copy.clone())).await
    }

    /// Whether rewards can be in this currency: it is built in, or an admin created it in the wallet.
    pub async fn has_currency(&self, code: &CurrencyCode) -> Result<bool, StoreError> {
        if BUILT_IN_CURRENCIES.contains(&code.as_str()) {
            return Ok(true);
        }
        Ok(self.table.get::<CurrencyCopy>(currency_key(code), Read::Strong).await?.is_some())
    }

    /// What is known of a point.
    pub async fn point(&self, point: PointId) -> Result<Option<PointCopy>, StoreError> {
        Ok(self.table.get(point_key(point), Read::Strong).await?.map(|known| known.value))
    }

    /// True if a point is known to be gone.
    pub async fn is_gone(&self, point: PointId) -> Result<bool, StoreError> {
        Ok(self.point(point).await?.is_some_and(|copy| copy.place.is_none()))
    }

    /// Deletes the copy of a subscription. False if it had gone already.
    pub async fn drop_subscription(&self, read: Versioned<Subscription>) -> Result<bool, StoreError> {
        self.table.remove(read).await
    }

    /// Deletes the copy of a subscription, if there is one.
    pub async fn forget_subscription(&self, user: UserId, point: PointId) -> Result<bool, StoreError> {
        match self.table.get::<Subscription>(subscription_key(user, point), Read::Strong).await? {
            Some(read) => self.drop_subscription(read).await,
            None => Ok(false),
        }
    }

    async fn keep<E: Entity<Context = Events>>(
        &self,
        key: Key<Events>,
        person: Option<UserId>,
        next: impl Fn(Option<&E>) -> Option<E>,
    ) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<E>>| next(known.map(|known| &known.value)).into();
        let outcome: Outcome<E> = match person {
            Some(person) => self.table.update_unless_forgotten(person, key, decide).await?,
            None => self.table.update(key, decide).await?,
        };
        Ok(outcome.is_applied())
    }
}
