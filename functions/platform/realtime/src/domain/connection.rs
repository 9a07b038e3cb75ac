//! Open connections: their lifetime and the limit per user.

use std::fmt;
use std::time::Duration;

use contracts::identity::SessionEndReason;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{SessionId, UserId};

/// Maximum duration of a connection, set by API Gateway.
pub const MAX_LIFETIME: Duration = Duration::from_hours(2);
/// Time for which the record of a closed connection is kept.
const SWEEP_MARGIN: Duration = Duration::from_mins(10);
/// Grace period after the expiry of the access token, for the client to send a new one.
pub const GRACE: Duration = Duration::from_secs(30);
/// Maximum time for opening, during which the gateway reports the connection as gone: its timeout for functions.
pub const OPENING: Duration = Duration::from_secs(30);
/// Maximum number of connections per user. Beyond it the oldest is closed.
pub const MAX_CONNECTIONS: usize = 20;
/// Time for which an ended session is remembered: longer than the lifetime of an access token (10 minutes) plus clock skew.
pub const ENDED_MEMORY: Duration = Duration::from_mins(30);

/// Connection ID of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// Wraps an ID.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the ID.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A connection of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// User ID.
    pub user_id: UserId,
    /// Connection ID.
    pub connection_id: ConnectionId,
    /// Session of the access token that opened it.
    pub session_id: SessionId,
    /// Time of opening.
    pub connected_at: Timestamp,
    /// Expiry of its latest access token.
    pub authorized_until: Timestamp,
    /// Reason why its session ended, if it is to be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<SessionEndReason>,
}

/// Authorization state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Authorized.
    Open,
    /// Expired: only `authenticate` is accepted.
    Expired,
    /// To be closed.
    Ended(SessionEndReason),
}

impl Connection {
    /// Returns the authorization state.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.ended {
            Some(reason) => Standing::Ended(reason),
            None if now < self.authorized_until + GRACE => Standing::Open,
            None => Standing::Expired,
        }
    }

    /// Returns whether the connection may still be opening, so that the gateway reports it as gone.
    pub fn may_be_opening(&self, now: Timestamp) -> bool {
        now < self.connected_at + OPENING
    }

    /// Returns the connection with a new token expiry. An earlier expiry has no effect.
    #[must_use]
    pub fn authorized(&self, until: Timestamp) -> Self {
        Self { authorized_until: self.authorized_until.max(until), ..self.clone() }
    }

    /// Returns the connection, marked to be closed.
    #[must_use]
    pub fn to_be_closed(&self, reason: SessionEndReason) -> Self {
        Self { ended: Some(reason), ..self.clone() }
    }

    /// Returns the expiry of the record (TTL).
    pub fn swept_at(&self) -> Timestamp {
        self.connected_at + MAX_LIFETIME + SWEEP_MARGIN
    }
}

/// Returns the connections beyond the limit, oldest first. `newest` is never one of them, even if its clock is behind.
pub fn surplus(mut connections: Vec<Connection>, newest: &ConnectionId) -> Vec<Connection> {
    let many = connections.len().saturating_sub(MAX_CONNECTIONS);
    connections.retain(|connection| connection.connection_id != *newest);
    connections.sort_by(|a, b| (a.connected_at, &a.connection_id).cmp(&(b.connected_at, &b.connection_id)));
    connections.truncate(many);
    connections
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn connection(number: usize, seconds: i64) -> Connection {
        let at = Timestamp::from_second(seconds).unwrap();
        Connection {
            user_id: UserId::generate(),
            connection_id: ConnectionId::new(format!("c{number}")),
            session_id: SessionId::generate(),
            connected_at: at,
            authorized_until: at + Duration::from_mins(10),
            ended: None,
        }
    }

    #[test]
    fn access_ends_with_the_token_and_a_grace() {
        let connection = connection(0, 0);
        let at = |seconds| connection.standing(Timestamp::from_second(seconds).unwrap());
        assert_eq!(
            (at(0), at(600), at(629), at(630)),
            (Standing::Open, Standing::Open, Standing::Open, Standing::Expired)
        );
        let longer = connection.authorized(Timestamp::from_second(1_200).unwrap());
        assert_eq!(longer.standing(Timestamp::from_second(1_229).unwrap()), Standing::Open);
        assert_eq!(longer.authorized(Timestamp::from_second(5).unwrap()), longer);
    }

    #[test]
    fn a_connection_of_an_ended_session_is_of_no_use_however_new_its_token() {
        let ended = connection(0, 0).to_be_closed(SessionEndReason::DeviceLimit);
        let ended = ended.authorized(Timestamp::MAX);
        assert_eq!(ended.standing(Timestamp::UNIX_EPOCH), Standing::Ended(SessionEndReason::DeviceLimit));
    }

    proptest! {
        #[test]
        fn the_oldest_go_and_the_newest_stay(times in prop::collection::vec(0i64..50, 1..60), pick in any::<prop::sample::Index>()) {
            let all: Vec<_> = times.iter().enumerate().map(|(number, at)| connection(number, *at)).collect();
            let newest = pick.get(&all).connection_id.clone();
            let closed = surplus(all.clone(), &newest);
            prop_assert_eq!(all.len() - closed.len(), all.len().min(MAX_CONNECTIONS));
            prop_assert!(closed.iter().all(|closed| closed.connection_id != newest));
            let last = closed.iter().map(|closed| closed.connected_at).max();
            let kept = all.iter().filter(|one| !closed.contains(one) && one.connection_id != newest);
            prop_assert!(kept.map(|one| one.connected_at).min().is_none_or(|first| last.is_none_or(|last| last <= first)));
        }
    }
}
