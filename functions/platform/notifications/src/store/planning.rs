//! Deliveries, inbox and contact as one event makes them: all in one write, or none.

use contracts::Envelope;
use contracts::notifications::{DeliveryQueued, NotificationAdded};
use dynamo::outbox::OutboxError;
use dynamo::{Outbox, Read, StoreError, TransactionError, Versioned, marker_key};
use types::UserId;

use super::{Store, contact_key, delivery_key, preferences_key};
use crate::domain::contact::Contact;
use crate::domain::delivery::{Delivery, DeliveryId};
use crate::domain::inbox::InboxItem;
use crate::domain::preferences::Preferences;

/// What is known of a person before they are told something.
#[derive(Debug)]
pub struct Known {
    /// How to reach them, if they were heard of.
    pub contact: Option<Versioned<Contact>>,
    /// What they want.
    pub preferences: Preferences,
    /// They deleted their account.
    pub forgotten: bool,
}

/// What an event makes for one person.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is known of them now, if that is new.
    pub contact: Option<Contact>,
    /// What stands in their inbox from now on, with the event that tells of it.
    pub inbox: Option<(InboxItem, Envelope<NotificationAdded>)>,
    /// Their deliveries, each with the event that has it sent at once, if it is.
    pub deliveries: Vec<(Delivery, Option<Envelope<DeliveryQueued>>)>,
    /// A delivery that collects several: as it was read, if it is there, and as it is with this one.
    pub digest: Option<(Option<Versioned<Delivery>>, Delivery)>,
}

/// What became of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// It is there.
    Done,
    /// The same notification was planned before.
    Duplicate,
    /// The person deleted their account meanwhile.
    Forgotten,
    /// Something that the plan stands on has changed: plan again.
    Stale,
}

/// A plan cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event cannot be written.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl From<PlanError> for kit::sqs::Failure {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Store(error) => error.into(),
            PlanError::Outbox(error) => error.into(),
        }
    }
}

impl Store {
    /// What is known of a person: one round trip.
    pub async fn known(&self, user_id: UserId) -> Result<Known, StoreError> {
        let keys = vec![contact_key(user_id), preferences_key(user_id), marker_key(user_id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let preferences = found.take::<Preferences>(preferences_key(user_id))?;
        Ok(Known {
            contact: found.take(contact_key(user_id))?,
            preferences: preferences.map_or_else(|| Preferences::defaults_of(user_id), |known| known.value),
            forgotten: found.contains(marker_key::<super::Notifications>(user_id)),
        })
    }

    /// A delivery, if it is there.
    pub async fn delivery(&self, user_id: UserId, id: DeliveryId) -> Result<Option<Versioned<Delivery>>, StoreError> {
        self.table.get(delivery_key(user_id, id), Read::Strong).await
    }

    /// Writes a plan, if it still stands on what was read.
    pub async fn carry_out(&self, user_id: UserId, known: &Known, plan: Plan) -> Result<Planned, PlanError> {
        let none = Outbox::none();
        let mut transaction = self.table.transaction().unless_forgotten(user_id);
        // What is written, in the order in which a cancellation names it; the marker is number 0.
        let mut kinds = vec![Planned::Forgotten];
        if let Some(contact) = &plan.contact {
            kinds.push(Planned::Stale);
            transaction = match &known.contact {
                Some(read) => transaction.replace(read, contact, &none),
                None => transaction.create(contact, &none),
            };
        }
        if let Some((read, digest)) = &plan.digest {
            kinds.push(Planned::Stale);
            transaction = match read {
                Some(read) => transaction.replace(read, digest, &none),
                None => transaction.create(digest, &none),
            };
        }
        for (delivery, event) in plan.deliveries {
            kinds.push(Planned::Duplicate);
            let outbox = event.map_or_else(|| Ok(Outbox::none()), Outbox::of)?;
            transaction = transaction.create(&delivery, &outbox);
        }
        if let Some((item, event)) = plan.inbox {
            kinds.push(Planned::Duplicate);
            transaction = transaction.create(&item, &Outbox::of(event)?);
        }
        match transaction.commit().await {
            Ok(()) => Ok(Planned::Done),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(why)) => {
                let failed: Vec<_> =
                    kinds.iter().enumerate().filter(|(index, _)| why.failed(*index)).map(|(_, kind)| *kind).collect();
                // A deleted user needs nothing; what is there needs no second look at what it stands on.
                let outcome = [Planned::Forgotten, Planned::Duplicate].into_iter().find(|kind| failed.contains(kind));
                Ok(outcome.unwrap_or(Planned::Stale))
            }
        }
    }
}
