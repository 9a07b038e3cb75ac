//! The message log in the table.

use dynamo::{ConflictRetry, Entity, Key, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{NotAllowed, Subject};
use types::{EventId, UserId};

use super::{Realtime, Store, UserErased};
use crate::domain::limits::RESUMES;
use crate::domain::log::{self, Content, Head, Message, RESUME_PAGE_MESSAGES, SEEN_LIFETIME, Seen};

/// Maximum number of attempts against concurrent appends to the same log.
const APPEND_TRIES: u32 = 12;

impl Entity for Head {
    type Context = Realtime;

    fn key(&self) -> Key<Realtime> {
        head_key(self.user_id)
    }
}

fn head_key(user: UserId) -> Key<Realtime> {
    Key::new("user", user, "head")
}

impl Entity for Message {
    type Context = Realtime;

    fn key(&self) -> Key<Realtime> {
        message_key(self.user_id, self.number)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.kept_until.as_second())
    }
}

/// Twenty digits hold every number, so that keys sort by number.
fn message_key(user: UserId, number: u64) -> Key<Realtime> {
    Key::new("user", user, format!("message#{number:020}"))
}

impl Entity for Seen {
    type Context = Realtime;

    fn key(&self) -> Key<Realtime> {
        Key::new("user", self.user_id, format!("seen#{}", self.event_id))
    }

    fn expires_at(&self) -> Option<i64> {
        Some((self.at + SEEN_LIFETIME).as_second())
    }
}

/// Outcome of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendOutcome {
    /// The message was appended.
    New(Message),
    /// The event was processed before: its marker, and its message.
    Before(Seen, Message),
}

impl Store {
    /// Returns the number of the newest message; 0 if there is none.
    pub async fn last(&self, user: UserId) -> Result<u64, StoreError> {
        Ok(self.head(user).await?.map_or(0, |head| head.value.last))
    }

    async fn head(&self, user: UserId) -> Result<Option<Versioned<Head>>, StoreError> {
        self.table.get(head_key(user), Read::Strong).await
    }

    /// Appends the message of an event once: head, message and marker are written in one transaction, so numbers have no
    /// gaps and duplicates use none.
    pub async fn append(
        &self,
        user: UserId,
        event: EventId,
        content: Content,
        now: Timestamp,
    ) -> Result<Result<AppendOutcome, UserErased>, StoreError> {
        let mut head = self.head(user).await?;
        let mut retry = ConflictRetry::up_to(APPEND_TRIES);
        loop {
            let last = head.as_ref().map_or(0, |head| head.value.last);
            let entry = log::append(last, user, event, content.clone(), now);
            let none = Outbox::none();
            let write = self.table.transaction();
            let write = match &head {
                Some(head) => write.replace(head, &entry.head, &none),
                None => write.create(&entry.head, &none),
            };
            let write = write.create(&entry.message, &none).create(&entry.seen, &none).unless_forgotten(user);
            let cancelled = match write.commit().await {
                Ok(()) => return Ok(Ok(AppendOutcome::New(entry.message))),
                Err(TransactionError::Cancelled(cancelled)) => cancelled,
                Err(TransactionError::Store(error)) => return Err(error),
            };
            if cancelled.failed(3) {
                return Ok(Err(UserErased));
            }
            if let Some(seen) = cancelled.item::<Seen>(2)? {
                let message = Message { number: seen.value.number, ..entry.message };
                return Ok(Ok(AppendOutcome::Before(seen.value, message)));
            }
            // A concurrent event was first: continue from its head.
            head = cancelled.item::<Head>(0)?;
            retry.pause().await?;
            if head.is_none() {
                head = self.head(user).await?;
            }
        }
    }

    /// Counts a request for missed messages. False if the user has sent too many.
    pub async fn count_resume(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        match RESUMES.count(&self.table, Subject::User(user), now).await {
            Ok(_) => Ok(true),
            Err(NotAllowed::Exceeded(_)) => Ok(false),
            Err(NotAllowed::Store(error)) => Err(error),
        }
    }

    /// Returns the messages after a number, in order, up to the limit of one `resume`.
    pub async fn messages_after(&self, user: UserId, after: u64) -> Result<Vec<Message>, StoreError> {
        let prefix = Key::new("user", user, "message#");
        let from = message_key(user, after).cursor();
        let limit = u32::try_from(RESUME_PAGE_MESSAGES).unwrap_or(u32::MAX);
        let page = self.table.list_strong(prefix, false, limit, Some(from)).await?;
        Ok(page.items.into_iter().map(|message| message.value).collect())
    }
}
