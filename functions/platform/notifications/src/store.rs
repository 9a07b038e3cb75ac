//! How deliveries lie in the table. The key table is in this context's README.

use dynamo::{Conflict, Context, Entity, Forgotten, Key, Outbox, StoreError, Table, Versioned};
use jiff::Timestamp;
use types::UserId;

use crate::domain::delivery::{Delivery, Next, Status};

/// The context's name in keys.
#[derive(Debug)]
pub struct Notifications;

impl Context for Notifications {
    const NAME: &'static str = "notifications";
}

impl Entity for Delivery {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        Key::new("user", self.user_id, format!("delivery#{}", self.cause))
    }
}

/// Whether a delivery is ours to send.
#[derive(Debug)]
pub enum Claim {
    /// It is: send it, then report.
    Ours(Versioned<Delivery>),
    /// It was sent, or became pointless.
    Done,
    /// Somebody else is at it.
    Busy,
}

/// Deliveries in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Notifications>,
}

impl Store {
    /// Deliveries in this table.
    pub fn new(table: Table<Notifications>) -> Self {
        Self { table }
    }

    /// Claims a delivery. Of any number of senders one gets it.
    pub async fn claim(&self, delivery: Delivery, now: Timestamp) -> Result<Claim, StoreError> {
        let begun = delivery.clone();
        let there = match self.table.create(delivery, &Outbox::none()).await {
            Ok(created) => return Ok(Claim::Ours(created)),
            Err(Conflict::Item(there)) => there,
            Err(Conflict::Store(error)) => return Err(error),
        };
        let Some(there) = there else { return Ok(Claim::Busy) };
        match there.value.next(now) {
            Next::Done => Ok(Claim::Done),
            Next::Wait => Ok(Claim::Busy),
            Next::TakeOver => match self.table.replace(&there, begun, &Outbox::none()).await {
                Ok(taken) => Ok(Claim::Ours(taken)),
                Err(Conflict::Item(_)) => Ok(Claim::Busy),
                Err(Conflict::Store(error)) => Err(error),
            },
        }
    }

    /// Reports that a claimed delivery was sent. If another took it over meanwhile, its report stands.
    pub async fn sent(&self, claimed: &Versioned<Delivery>, at: Timestamp) -> Result<(), StoreError> {
        self.settle(claimed, Status::Sent { at }).await
    }

    /// Gives a claimed delivery back, so that the next try need not wait for the lease to end.
    pub async fn give_back(&self, claimed: &Versioned<Delivery>) -> Result<(), StoreError> {
        match self.table.delete(claimed).await {
            Ok(()) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Makes sure that a delivery that was not begun yet never is. True if it was not known before.
    pub async fn suppress(&self, delivery: Delivery, at: Timestamp) -> Result<bool, StoreError> {
        match self.table.create(delivery.with(Status::Suppressed { at }), &Outbox::none()).await {
            Ok(_) => Ok(true),
            Err(Conflict::Item(_)) => Ok(false),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Deletes all that is held on a person.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget(user).await
    }

    async fn settle(&self, claimed: &Versioned<Delivery>, status: Status) -> Result<(), StoreError> {
        match self.table.replace(claimed, claimed.value.with(status), &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}
