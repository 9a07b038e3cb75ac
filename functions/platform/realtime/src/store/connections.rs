//! Connections, and the sessions that have ended.

use dynamo::{Conflict, Entity, IndexKey, Key, Outbox, Read, StoreError, TransactionError, Versioned, backoff};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{SessionId, UserId};

use super::{IsForgotten, Realtime, Store};
use crate::domain::connection::{Connection, ConnectionId, ENDED_MEMORY};

/// How often the index is asked for a connection, which may be a moment behind.
const LOOKUP_TRIES: u32 = 6;
/// How often a change is decided again against others.
const CHANGE_TRIES: u32 = 5;
/// Connections that one query reads: those that are allowed (20), and many more that may be opening at once.
const LIST_ITEMS: u32 = 100;

impl Entity for Connection {
    type Context = Realtime;

    fn key(&self) -> Key<Realtime> {
        connection_key(self.user_id, &self.connection_id)
    }

    fn index(&self) -> Option<IndexKey<Realtime>> {
        Some(index_key(&self.connection_id))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.swept_at().as_second())
    }
}

fn connection_key(user: UserId, id: &ConnectionId) -> Key<Realtime> {
    Key::new("user", user, format!("connection#{id}"))
}

fn index_key(id: &ConnectionId) -> IndexKey<Realtime> {
    IndexKey::new("connection", id, "connection")
}

/// That a session has ended, for as long as a token of it may be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct EndedSession {
    user_id: UserId,
    session_id: SessionId,
    remembered_until: Timestamp,
}

impl Entity for EndedSession {
    type Context = Realtime;

    fn key(&self) -> Key<Realtime> {
        ended_key(self.user_id, self.session_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.remembered_until.as_second())
    }
}

fn ended_key(user: UserId, session: SessionId) -> Key<Realtime> {
    Key::new("user", user, format!("ended#{session}"))
}

impl Store {
    /// Writes a new connection down. The same connection twice is one.
    pub async fn connect(&self, connection: &Connection) -> Result<Result<(), IsForgotten>, StoreError> {
        let write = self.table.transaction().create(connection, &Outbox::none());
        match write.unless_forgotten(connection.user_id).commit().await {
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Ok(Err(IsForgotten)),
            Ok(()) | Err(TransactionError::Cancelled(_)) => Ok(Ok(())),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// A user's connections, as they stand now.
    pub async fn connections(&self, user: UserId) -> Result<Vec<Versioned<Connection>>, StoreError> {
        let prefix = Key::new("user", user, "connection#");
        Ok(self.table.list_strong(prefix, false, LIST_ITEMS, None).await?.items)
    }

    /// One connection, as it stands now.
    pub async fn connection(&self, known: &Connection) -> Result<Option<Versioned<Connection>>, StoreError> {
        self.table.get(connection_key(known.user_id, &known.connection_id), Read::Strong).await
    }

    /// The connection that the gateway names, as the index knows it. It is asked again for one that it may not know yet.
    pub async fn find(&self, id: &ConnectionId) -> Result<Option<Versioned<Connection>>, StoreError> {
        for attempt in 1..=LOOKUP_TRIES {
            if let Some(found) = self.look_up(id).await? {
                return Ok(Some(found));
            }
            tokio::time::sleep(backoff(attempt)).await;
        }
        Ok(None)
    }

    /// The same, asked once: for those who can do without.
    pub async fn look_up(&self, id: &ConnectionId) -> Result<Option<Versioned<Connection>>, StoreError> {
        Ok(self.table.list_index(index_key(id), false, 1, None).await?.items.pop())
    }

    /// Changes a connection; decided again with what stands there if others changed it. None if it is gone.
    pub async fn change(
        &self,
        read: Versioned<Connection>,
        change: impl Fn(&Connection) -> Connection,
    ) -> Result<Option<Connection>, StoreError> {
        let mut there = read;
        for _ in 0..CHANGE_TRIES {
            match self.table.replace(&there, change(&there.value), &Outbox::none()).await {
                Ok(changed) => return Ok(Some(changed.value)),
                Err(Conflict::Item(Some(newer))) => there = *newer,
                Err(Conflict::Item(None)) => return Ok(None),
                Err(Conflict::Store(error)) => return Err(error),
            }
        }
        Err(StoreError::Contended { attempts: CHANGE_TRIES })
    }

    /// Removes a connection, whatever became of it since it was read.
    pub async fn disconnect(&self, read: Versioned<Connection>) -> Result<(), StoreError> {
        let mut there = read;
        for _ in 0..CHANGE_TRIES {
            match self.table.delete(&there).await {
                Ok(()) | Err(Conflict::Item(None)) => return Ok(()),
                Err(Conflict::Item(Some(newer))) => there = *newer,
                Err(Conflict::Store(error)) => return Err(error),
            }
        }
        Err(StoreError::Contended { attempts: CHANGE_TRIES })
    }

    /// Remembers that a session has ended. True if that was not known.
    pub async fn end_session(
        &self,
        user_id: UserId,
        session_id: SessionId,
        now: Timestamp,
    ) -> Result<Result<bool, IsForgotten>, StoreError> {
        let ended = EndedSession { user_id, session_id, remembered_until: now + ENDED_MEMORY };
        let write = self.table.transaction().create(&ended, &Outbox::none()).unless_forgotten(user_id);
        match write.commit().await {
            Ok(()) => Ok(Ok(true)),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Ok(Err(IsForgotten)),
            Err(TransactionError::Cancelled(_)) => Ok(Ok(false)),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// True if the session is known to have ended. A record that is due to be swept counts: a session never begins again.
    pub async fn has_ended(&self, user_id: UserId, session_id: SessionId) -> Result<bool, StoreError> {
        Ok(self.table.get::<EndedSession>(ended_key(user_id, session_id), Read::Strong).await?.is_some())
    }
}
