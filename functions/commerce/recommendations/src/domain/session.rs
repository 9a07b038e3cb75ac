//! Sessions: which products a visitor viewed, one after the other.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::{ProductId, UserId};

/// Most views in one batch.
pub const MAX_BATCH_VIEWS: usize = 20;
/// Most views of a session: the newest are kept.
pub const MAX_VIEWS: usize = 50;
/// Length of a session's ID, in characters.
pub const ID_CHARS: std::ops::RangeInclusive<usize> = 16..=64;
/// How long a session takes views. Later views begin a new one, which replaces it.
pub const MAX_DURATION: SignedDuration = SignedDuration::from_hours(24);
/// How long views are kept, from the start of the session.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The oldest view that is recorded: clients may send what they collected offline.
pub const MAX_VIEW_AGE: SignedDuration = SignedDuration::from_hours(24);

/// The text is not a session's ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 16 to 64 characters of A-Z, a-z, 0-9, - and _; generate a random one per session")]
pub struct NotASessionId;

/// The hash of a session's ID, in hexadecimal. The ID itself is not stored, so a reader of the table cannot add to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionHash(String);

impl SessionHash {
    /// Hashes the ID that a client generated.
    pub fn of(id: &str) -> Result<Self, NotASessionId> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_valid = ID_CHARS.contains(&id.len()) && id.bytes().all(is_allowed);
        let hash = || types::hex(&Sha256::digest(id.as_bytes())[..16]);
        is_valid.then(|| Self(hash())).ok_or(NotASessionId)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A view of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Product ID.
    pub product_id: ProductId,
    /// Time.
    pub at: Timestamp,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Hash of the ID.
    pub hash: SessionHash,
    /// User ID. None for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Time of the first batch.
    pub started_at: Timestamp,
    /// The views, the oldest first.
    pub views: Vec<View>,
}

impl Session {
    /// A session without views.
    pub fn start(hash: SessionHash, user_id: Option<UserId>, now: Timestamp) -> Self {
        Self { hash, user_id, started_at: now, views: Vec::new() }
    }

    /// Returns the session after a batch of views; `None` if it adds nothing, as a repeated batch. Views in the future count as now, each time anew,
    /// and those older than [`MAX_VIEW_AGE`] are ignored. Views of the same product in a row are one.
    pub fn after(known: Option<&Self>, new: &Self, batch: &[View], now: Timestamp) -> Option<Self> {
        let known = known.filter(|known| known.takes_views(now));
        let mut next = known.unwrap_or(new).clone();
        let fresh = batch.iter().filter(|view| now.duration_since(view.at) <= MAX_VIEW_AGE);
        let fresh = fresh.map(|view| View { at: view.at.min(now), ..*view });
        let fresh = fresh.filter(|view| !next.views.contains(view)).collect::<Vec<_>>();
        next.views.extend(fresh);
        next.views.sort_by_key(|view| view.at);
        next.views.dedup_by_key(|view| view.product_id);
        let surplus = next.views.len().saturating_sub(MAX_VIEWS);
        next.views.drain(..surplus);
        let is_changed = known.map_or(!next.views.is_empty(), |known| known.views != next.views);
        is_changed.then_some(next)
    }

    /// True while views are added to it; later ones begin a new session.
    pub fn takes_views(&self, now: Timestamp) -> bool {
        now.duration_since(self.started_at) < MAX_DURATION
    }

    /// When the views are deleted, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        (self.started_at + LIFETIME).as_second()
    }

    /// True once the views must no longer be used: the table deletes them later.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at() <= now.as_second()
    }

    /// Time of the last view.
    pub fn ended_at(&self) -> Timestamp {
        self.views.last().map_or(self.started_at, |view| view.at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_900_000_000).unwrap()
    }

    fn view(product: u128, seconds_ago: i64) -> View {
        View {
            product_id: ProductId::new(Uuid::from_u128(product)),
            at: now() - SignedDuration::from_secs(seconds_ago),
        }
    }

    fn new() -> Session {
        Session::start(SessionHash::of("0123456789abcdef").unwrap(), None, now())
    }

    fn after(known: Option<&Session>, batch: &[View]) -> Option<Session> {
        Session::after(known, &new(), batch, now())
    }

    #[test]
    fn ids_are_hashed_and_bounded() {
        assert_eq!(SessionHash::of("0123456789abcdef").unwrap().as_str().len(), 32);
        assert_ne!(SessionHash::of("0123456789abcdef"), SessionHash::of("0123456789abcdeF"));
        for wrong in ["", "short", "0123456789abcde/", "0123456789abcdé", &"a".repeat(65)] {
            assert_eq!(SessionHash::of(wrong), Err(NotASessionId), "{wrong}");
        }
    }

    #[test]
    fn late_batches_are_sorted_in_and_repeated_ones_change_nothing() {
        let first = after(None, &[view(1, 50), view(2, 30)]).unwrap();
        let both = after(Some(&first), &[view(3, 40), view(3, 20)]).unwrap();
        let seen: Vec<_> = both.views.iter().map(|view| view.product_id.uuid().as_u128()).collect();
        assert_eq!(seen, [1, 3, 2, 3]);
        assert_eq!(after(Some(&both), &[view(3, 20), view(1, 50)]), None);
        assert_eq!(after(None, &[]), None);
    }

    #[test]
    fn views_in_the_future_count_as_now_and_old_ones_not_at_all() {
        let session = after(None, &[view(1, -500), view(2, 25 * 3_600)]).unwrap();
        assert_eq!(session.views, [view(1, 0)]);
        assert_eq!(after(None, &[view(2, 25 * 3_600)]), None);
    }

    #[test]
    fn a_session_of_the_day_before_is_replaced() {
        let old = Session { started_at: now() - MAX_DURATION, ..after(None, &[view(1, 10)]).unwrap() };
        assert_eq!(after(Some(&old), &[view(2, 5)]).unwrap().views, [view(2, 5)]);
        assert!(!old.is_expired(now()) && old.is_expired(now() + LIFETIME));
    }

    proptest! {
        #[test]
        fn a_session_is_bounded_sorted_and_keeps_the_newest(
            batches in prop::collection::vec(prop::collection::vec((0..9_u128, 0..90_000_i64), 0..20), 0..12),
        ) {
            let mut session = None;
            for batch in batches {
                let batch: Vec<_> = batch.into_iter().map(|(product, ago)| view(product, ago)).collect();
                session = after(session.as_ref(), &batch).or(session);
                let Some(session) = &session else { continue };
                prop_assert!(session.views.len() <= MAX_VIEWS && session.views.is_sorted_by_key(|view| view.at));
                prop_assert_eq!(after(Some(session), &session.views.clone()), None);
            }
        }
    }
}
