//! Addresses that bounced or complained.

use dynamo::{Decision, Outbox, Outcome, StoreError};
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
    /// Lifts what stops e-mails to the present address of a user.
    pub async fn lift_suppression(&self, user_id: UserId, now: Timestamp) -> Result<Lifted, StoreError> {
        let lifted = self.table.update_unless_forgotten(user_id, contact_key(user_id), |read| {
            let contact = read.map(|read| &read.value).filter(|contact: &&Contact| contact.is_suppressed());
            let address = contact.and_then(|contact| contact.email().cloned());
            match (contact, address) {
                (Some(contact), Some(address)) => {
                    let facts = Facts { lifted: Some(address), ..Facts::default() };
                    Decision::Write(contact.hearing(facts, now), Outbox::none())
                }
                _ => Decision::Refuse(()),
            }
        });
        Ok(match lifted.await? {
            Outcome::Applied(_) => Lifted::Done,
            Outcome::Unchanged(_) | Outcome::Refused(()) => Lifted::NotSuppressed,
        })
    }
}
