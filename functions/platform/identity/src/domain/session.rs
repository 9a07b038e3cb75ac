//! Sessions: the devices that are signed in, and the refresh tokens that keep them so.

use contracts::identity::{Device, SessionEndReason};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::SessionId;

use super::refresh::{RefreshKey, RefreshToken, TokenHash};

/// How long a session lives without being used.
pub const IDLE_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How long a session lives in all: then the user signs in again (OWASP ASVS 5.0, 7.3.2).
pub const ABSOLUTE_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365);
/// How long a replaced token still gets its successor: other tabs, and clients whose answer was lost. Without an end a thief
/// could follow its victim for ever, each getting the other's successor.
pub const GRACE: SignedDuration = SignedDuration::from_secs(30);
/// The most replaced tokens that are remembered within the grace; a client that refreshes faster is not ours.
pub const MAX_REPLACED: usize = 16;

/// A signed-in device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, which access tokens carry too.
    pub id: SessionId,
    /// The device.
    pub device: Device,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it last refreshed.
    pub last_seen_at: Timestamp,
    current: TokenHash,
    #[serde(default)]
    replaced: Vec<Replaced>,
}

/// A token that has been replaced a moment ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Replaced {
    hash: TokenHash,
    at: Timestamp,
}

/// A session that is over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The session.
    pub session: Session,
    /// Why.
    pub reason: SessionEndReason,
}

/// What presenting a refresh token leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The token was current: the session changed, and this is the token to hand out.
    Rotated(RefreshToken),
    /// The token was replaced a moment ago: the current one is handed out again, and nothing changed.
    Again(RefreshToken),
    /// There is no such live session.
    Gone,
    /// The token was replaced long ago: an attacker may have a copy, and the session is over.
    Replayed(Box<Ended>),
}

impl Session {
    /// A new session with its first token.
    pub fn new(token: &RefreshToken, device: Device, now: Timestamp) -> Self {
        Self {
            id: token.session_id,
            device,
            created_at: now,
            last_seen_at: now,
            current: token.hash(),
            replaced: Vec::new(),
        }
    }

    /// When it ends if it is not used.
    pub fn expires_at(&self) -> Timestamp {
        (self.last_seen_at + IDLE_LIFETIME).min(self.created_at + ABSOLUTE_LIFETIME)
    }

    fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at()
    }

    fn replace(&mut self, token: &RefreshToken, successor: &RefreshToken, now: Timestamp) {
        self.replaced.retain(|replaced| now.duration_since(replaced.at) <= GRACE);
        if self.replaced.len() == MAX_REPLACED {
            self.replaced.remove(0);
        }
        self.replaced.push(Replaced { hash: token.hash(), at: now });
        self.current = successor.hash();
        self.last_seen_at = now;
    }

    /// The current token, if `token` was replaced within the grace: it is found by walking the chain.
    fn follow(&self, key: &RefreshKey, token: &RefreshToken, now: Timestamp) -> Option<RefreshToken> {
        let hash = token.hash();
        let known =
            self.replaced.iter().any(|replaced| replaced.hash == hash && now.duration_since(replaced.at) <= GRACE);
        let mut next = token.clone();
        for _ in 0..if known { MAX_REPLACED } else { 0 } {
            next = key.successor(&next);
            if next.hash() == self.current {
                return Some(next);
            }
        }
        None
    }
}

/// An account's live sessions, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sessions(Vec<Session>);

impl Sessions {
    /// Those that are live now.
    pub fn live(&self, now: Timestamp) -> impl Iterator<Item = &Session> {
        self.0.iter().filter(move |session| session.is_live(now))
    }

    /// All that are remembered, with those that ended by their age and were not swept yet.
    pub fn held(&self) -> impl Iterator<Item = &Session> {
        self.0.iter()
    }

    /// When any of them was last seen.
    pub fn last_seen_at(&self) -> Option<Timestamp> {
        self.0.iter().map(|session| session.last_seen_at).max()
    }

    /// Adds a session. Where more than `limit` would be live, the oldest end, never the new one.
    pub fn open(&mut self, session: Session, limit: usize, now: Timestamp) -> Vec<Ended> {
        self.0.push(session);
        self.shrink(limit, now)
    }

    /// Ends the oldest sessions until no more than `limit` are live.
    pub fn shrink(&mut self, limit: usize, now: Timestamp) -> Vec<Ended> {
        self.0.retain(|session| session.is_live(now));
        let excess = self.0.len().saturating_sub(limit.max(1));
        self.0.drain(..excess).map(|session| Ended { session, reason: SessionEndReason::DeviceLimit }).collect()
    }

    /// Ends one session, if it is live.
    pub fn end(&mut self, id: SessionId, reason: SessionEndReason, now: Timestamp) -> Option<Ended> {
        let at = self.0.iter().position(|session| session.id == id)?;
        let session = self.0.remove(at);
        session.is_live(now).then_some(Ended { session, reason })
    }

    /// Ends all sessions but `kept`.
    pub fn end_all(&mut self, kept: Option<SessionId>, reason: SessionEndReason, now: Timestamp) -> Vec<Ended> {
        let (keep, end): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0)
            .into_iter()
            .filter(|session| session.is_live(now))
            .partition(|session| Some(session.id) == kept);
        self.0 = keep;
        end.into_iter().map(|session| Ended { session, reason }).collect()
    }

    /// Presents a refresh token.
    pub fn refresh(&mut self, key: &RefreshKey, token: &RefreshToken, now: Timestamp) -> Refreshed {
        let Some(session) = self.0.iter_mut().find(|session| session.id == token.session_id && session.is_live(now))
        else {
            return Refreshed::Gone;
        };
        if session.current == token.hash() {
            let successor = key.successor(token);
            session.replace(token, &successor, now);
            return Refreshed::Rotated(successor);
        }
        if let Some(current) = session.follow(key, token, now) {
            return Refreshed::Again(current);
        }
        match self.end(token.session_id, SessionEndReason::Replay, now) {
            Some(ended) => Refreshed::Replayed(Box::new(ended)),
            None => Refreshed::Gone,
        }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
