//! Phones as their owners change them.

use contracts::Envelope;
use contracts::notifications::DeliveryQueued;
use dynamo::{Conflict, ConflictRetry, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{Exceeded, NotAllowed, Subject, subject_hash};
use types::{PhoneNumber, UserId};

use super::{MAX_ATTEMPTS, PlanError, Store, phone_key};
use crate::domain::delivery::Delivery;
use crate::domain::limits::{PHONE_CODES, TEXT_MESSAGES, TEXT_MESSAGES_TO_NUMBER, TEXT_MESSAGES_TO_USER};
use crate::domain::phone::Phone;

/// What became of a wish for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is on its way.
    Done,
    /// Another request was faster: look again.
    Stale,
    /// The user has requested too many codes today.
    Limit(Exceeded),
    /// The person deleted their account.
    Forgotten,
}

impl Store {
    /// A person's phone, if they ever gave a number.
    pub async fn phone(&self, user_id: UserId) -> Result<Option<Versioned<Phone>>, StoreError> {
        self.table.get(phone_key(user_id), Read::Strong).await
    }

    /// Writes the proof that begins together with the message that brings its code.
    pub async fn ask_for_proof(
        &self,
        read: Option<&Versioned<Phone>>,
        to: &Phone,
        message: &Delivery,
        event: Envelope<DeliveryQueued>,
    ) -> Result<Asked, PlanError> {
        let now = message.created_at;
        let none = Outbox::none();
        let transaction = self.table.transaction().unless_forgotten(to.user_id);
        let transaction = match read {
            Some(read) => transaction.replace(read, to, &none),
            None => transaction.create(to, &none),
        };
        let transaction = transaction.create(message, &Outbox::of(event)?);
        match PHONE_CODES.count_in(transaction, Subject::User(to.user_id), now).commit().await {
            Ok(()) => Ok(Asked::Done),
            Err(TransactionError::Cancelled(why)) if why.failed(0) => Ok(Asked::Forgotten),
            Err(TransactionError::Cancelled(why)) if why.failed(3) => Ok(Asked::Limit(PHONE_CODES.exceeded(now))),
            Err(TransactionError::Cancelled(_)) => Ok(Asked::Stale),
            Err(TransactionError::Store(error)) => Err(error.into()),
        }
    }

    /// Counts a text message for its number, its user and the deployment, in this order, before it is sent: a message that
    /// is sent again costs again. Refused if one of the limits is reached.
    pub async fn count_text_message(
        &self,
        user_id: UserId,
        number: &PhoneNumber,
        max_per_day: u32,
        now: Timestamp,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let hash = subject_hash(&["phone", number.as_str()]);
        let limits = [
            (TEXT_MESSAGES_TO_NUMBER, Subject::Hashed(&hash)),
            (TEXT_MESSAGES_TO_USER, Subject::User(user_id)),
            (TEXT_MESSAGES.with_max(max_per_day), Subject::Deployment),
        ];
        for (limit, subject) in limits {
            match limit.count(&self.table, subject, now).await {
                Ok(_) => {}
                Err(NotAllowed::Exceeded(exceeded)) => return Ok(Err(exceeded)),
                Err(NotAllowed::Store(error)) => return Err(error),
            }
        }
        Ok(Ok(()))
    }

    /// Changes a phone as it was read. `decide` returns the new state and an answer; after a conflict it is called again with
    /// the newer state. Returns `None` if there is no phone.
    pub async fn change_phone<T>(
        &self,
        read: Option<Versioned<Phone>>,
        decide: impl Fn(&Phone) -> (Phone, T),
    ) -> Result<Option<T>, StoreError> {
        let Some(mut read) = read else { return Ok(None) };
        let mut retry = ConflictRetry::up_to(MAX_ATTEMPTS);
        loop {
            let (to, answer) = decide(&read.value);
            if to == read.value {
                return Ok(Some(answer));
            }
            match self.table.replace(&read, to, &Outbox::none()).await {
                Ok(_) => return Ok(Some(answer)),
                Err(Conflict::Item(Some(newer))) => read = *newer,
                Err(Conflict::Item(None)) => return Ok(None),
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }
}
