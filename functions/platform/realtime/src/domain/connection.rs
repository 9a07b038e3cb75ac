//! Open connections: until when they may be used, and which has to go.

use std::fmt;
use std::time::Duration;

use contracts::identity::SessionEndReason;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{SessionId, UserId};

/// How long a connection can last at most: API Gateway closes it then.
pub const MAX_LIFETIME: Duration = Duration::from_hours(2);
/// How long after its end the record of a connection may still be met.
const SWEEP_MARGIN: Duration = Duration::from_mins(10);
/// How long a connection is used beyond its token: time for a client to bring a new one.
pub const GRACE: Duration = Duration::from_secs(30);
/// How long a connection may take to open, in which the gateway says that it is gone: its time-out for functions.
pub const OPENING: Duration = Duration::from_secs(30);
/// Connections of one user. Beyond it the oldest is closed.
pub const MAX_CONNECTIONS: usize = 20;
/// How long it is remembered that a session ended: longer than any token of it lives (10 minutes), clocks included.
pub const ENDED_MEMORY: Duration = Duration::from_mins(30);

/// The gateway's name for a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// Wraps the gateway's text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The gateway's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A socket of a user's device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Whose it is.
    pub user_id: UserId,
    /// What the gateway calls it.
    pub connection_id: ConnectionId,
    /// The session whose token opened it.
    pub session_id: SessionId,
    /// When it was opened.
    pub connected_at: Timestamp,
    /// When the last token that was shown on it ends.
    pub authorized_until: Timestamp,
    /// Why its session ended, while it waits to be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<SessionEndReason>,
}

/// What a connection may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Everything.
    Open,
    /// To show a new token, and nothing else.
    Expired,
    /// Nothing: it is to be closed.
    Ended(SessionEndReason),
}

impl Connection {
    /// What it may be used for.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.ended {
            Some(reason) => Standing::Ended(reason),
            None if now < self.authorized_until + GRACE => Standing::Open,
            None => Standing::Expired,
        }
    }

    /// True while the gateway may say "gone" of a connection that is about to open.
    pub fn may_be_opening(&self, now: Timestamp) -> bool {
        now < self.connected_at + OPENING
    }

    /// The same with a newer token. An older one takes nothing away.
    #[must_use]
    pub fn authorized(&self, until: Timestamp) -> Self {
        Self { authorized_until: self.authorized_until.max(until), ..self.clone() }
    }

    /// The same, to be closed by whoever meets it next.
    #[must_use]
    pub fn to_be_closed(&self, reason: SessionEndReason) -> Self {
        Self { ended: Some(reason), ..self.clone() }
    }

    /// When its record is swept.
    pub fn swept_at(&self) -> Timestamp {
        self.connected_at + MAX_LIFETIME + SWEEP_MARGIN
    }
}

/// Those that are too many, oldest first. The newest stay, and `newest`, whose clock may be behind, is always one of them.
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
