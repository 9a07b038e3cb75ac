//! Addresses that bounced or complained.

use dynamo::{Conflict, ConflictRetry, Outbox, Read, StoreError, Versioned};
use jiff::Timestamp;
use types::UserId;

use super::{Store, contact_key};
use crate::domain::contact::{Contact, Facts};

/// The result of lifting a suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifted {
    /// E-mails are sent to the address again.
    Done,
    /// Nothing stops e-mails to the user, or the user is unknown.
    NotSuppressed,
}

impl Store {
    /// Returns how to reach a user, if that is known.
    pub async fn contact(&self, user_id: UserId) -> Result<Option<Versioned<Contact>>, StoreError> {
        self.table.get(contact_key(user_id), Read::Strong).await
    }

    /// Lifts what stops e-mails to the present address of a user, whose contact was read.
    pub async fn lift_suppression(
        &self,
        mut read: Option<Versioned<Contact>>,
        now: Timestamp,
    ) -> Result<Lifted, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let Some(contact) = read.filter(|read| read.value.is_suppressed()) else {
                return Ok(Lifted::NotSuppressed);
            };
            let facts = Facts { lifted: contact.value.email().cloned(), ..Facts::default() };
            match self.table.replace(&contact, contact.value.with_facts(facts, now), &Outbox::none()).await {
                Ok(_) => return Ok(Lifted::Done),
                Err(Conflict::Item(newer)) => read = newer.map(|newer| *newer),
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }
}
