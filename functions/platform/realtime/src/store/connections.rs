//! Connections and ended sessions in the table.

use dynamo::{
    Conflict, ConflictRetry, Entity, IndexKey, Key, Outbox, Read, StoreError, TransactionError, Versioned, backoff,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{SessionId, UserId};

use super::{Realtime, Store, UserErased};
use crate::domain::connection::{Connection, ConnectionId, ENDED_MEMORY};

/// Maximum number of index reads for a connection, because the index is eventually consistent.
const LOOKUP_TRIES: u32 = 6;
/// Connections per query: the limit per user (20) and many that may be opening concurrently.
const LIST_ITEMS: u32 = 100;
/// Maximum number of queries for the connections of a user. Each connection that opens closes those beyond the limit, so
/// more than one page exists only while many open at the same time.
const MAX_LIST_PAGES: usize = 20;

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

/// Marker of an ended session, kept while its access tokens may be valid.
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
    /// Stores a new connection. Idempotent.
    pub async fn connect(&self, connection: &Connection) -> Result<Result<(), UserErased>, StoreError> {
        let write = self.table.transaction().create(connection, &Outbox::none());
        match write.unless_forgotten(connection.user_id).commit().await {
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Ok(Err(UserErased)),
            Ok(()) | Err(TransactionError::Cancelled(_)) => Ok(Ok(())),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Returns the connections of a user; strongly consistent.
    pub async fn connections(&self, user: UserId) -> Result<Vec<Versioned<Connection>>, StoreError> {
        let prefix = Key::new("user", user, "connection#");
        Ok(self.table.list_pages(&prefix, LIST_ITEMS, MAX_LIST_PAGES, Read::Strong).await?.items)
    }

    /// Returns a connection; strongly consistent.
    pub async fn connection(&self, known: &Connection) -> Result<Option<Versioned<Connection>>, StoreError> {
        self.table.get(connection_key(known.user_id, &known.connection_id), Read::Strong).await
    }

    /// Finds a connection by its ID in the index, with retries for a new one.
    pub async fn find(&self, id: &ConnectionId) -> Result<Option<Versioned<Connection>>, StoreError> {
        for attempt in 1..=LOOKUP_TRIES {
            if let Some(found) = self.look_up(id).await? {
                return Ok(Some(found));
            }
            tokio::time::sleep(backoff(attempt)).await;
        }
        Ok(None)
    }

    /// Finds a connection by its ID in the index, without retries.
    pub async fn look_up(&self, id: &ConnectionId) -> Result<Option<Versioned<Connection>>, StoreError> {
        Ok(self.table.list_index(index_key(id), false, 1, None).await?.items.pop())
    }

    /// Updates a connection, with retries on conflict. `None` if it was deleted.
    pub async fn change(
        &self,
        read: Versioned<Connection>,
        change: impl Fn(&Connection) -> Connection,
    ) -> Result<Option<Connection>, StoreError> {
        let mut retry = ConflictRetry::default();
        let mut there = read;
        loop {
            match self.table.replace(&there, change(&there.value), &Outbox::none()).await {
                Ok(changed) => return Ok(Some(changed.value)),
                Err(Conflict::Item(Some(newer))) => there = *newer,
                Err(Conflict::Item(None)) => return Ok(None),
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }

    /// Deletes a connection, even if it changed since it was read.
    pub async fn disconnect(&self, read: Versioned<Connection>) -> Result<(), StoreError> {
        self.table.remove(read).await.map(drop)
    }

    /// Marks a session as ended. Returns whether it was not marked before.
    pub async fn end_session(
        &self,
        user_id: UserId,
        session_id: SessionId,
        now: Timestamp,
    ) -> Result<Result<bool, UserErased>, StoreError> {
        let ended = EndedSession { user_id, session_id, remembered_until: now + ENDED_MEMORY };
        let write = self.table.transaction().create(&ended, &Outbox::none()).unless_forgotten(user_id);
        match write.commit().await {
            Ok(()) => Ok(Ok(true)),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Ok(Err(UserErased)),
            Err(TransactionError::Cancelled(_)) => Ok(Ok(false)),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Returns whether the session has ended. Expired markers count, because sessions never restart.
    pub async fn has_ended(&self, user_id: UserId, session_id: SessionId) -> Result<bool, StoreError> {
        Ok(self.table.get::<EndedSession>(ended_key(user_id, session_id), Read::Strong).await?.is_some())
    }
}
