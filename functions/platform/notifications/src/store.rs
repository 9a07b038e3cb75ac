//! How deliveries lie in the table. The key table is in this context's README.

use dynamo::{Conflict, Context, Entity, Forgotten, Key, Outbox, Read, StoreError, Table, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
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

    fn expires_at(&self) -> Option<i64> {
        Some(self.forgotten_at().as_second())
    }
}

/// When a user last proved an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Proven {
    user_id: UserId,
    at: Timestamp,
}

impl Entity for Proven {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        proven_key(self.user_id)
    }
}

fn proven_key(user_id: UserId) -> Key<Notifications> {
    Key::new("user", user_id, "proven")
}

/// Whether a delivery is ours to send.
#[derive(Debug)]
pub enum Claim {
    /// It is: send it, then report.
    Ours(Versioned<Delivery>),
    /// It was sent.
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

    /// Remembers that a user proved an address. True if nothing as late was known before.
    pub async fn note_proven(&self, user_id: UserId, at: Timestamp) -> Result<bool, StoreError> {
        let proven = Proven { user_id, at };
        let mut there = match self.table.create(proven.clone(), &Outbox::none()).await {
            Ok(_) => return Ok(true),
            Err(Conflict::Item(there)) => there,
            Err(Conflict::Store(error)) => return Err(error),
        };
        // Each round somebody else has written, and only ever a later time.
        for _ in 0..MAX_ATTEMPTS {
            let Some(known) = there.filter(|known| known.value.at < at) else { return Ok(false) };
            there = match self.table.replace(&known, proven.clone(), &Outbox::none()).await {
                Ok(_) => return Ok(true),
                Err(Conflict::Item(there)) => there,
                Err(Conflict::Store(error)) => return Err(error),
            };
        }
        Err(StoreError::Contended { attempts: MAX_ATTEMPTS })
    }

    /// When a user last proved an address, if they did.
    pub async fn proven_at(&self, user_id: UserId) -> Result<Option<Timestamp>, StoreError> {
        let proven = self.table.get::<Proven>(proven_key(user_id), Read::Strong).await?;
        Ok(proven.map(|proven| proven.value.at))
    }

    /// Deletes all that is held on a person.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }

    async fn settle(&self, claimed: &Versioned<Delivery>, status: Status) -> Result<(), StoreError> {
        match self.table.replace(claimed, claimed.value.with(status), &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }
}

/// How often a note is tried against others.
const MAX_ATTEMPTS: u32 = 10;
