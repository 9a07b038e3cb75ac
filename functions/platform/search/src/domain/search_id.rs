//! Search IDs: what a response contained, signed, so that clicks and conversions can be counted without storing each search.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::privacy::kept_query;

/// How long a search ID can be used.
pub const SEARCH_ID_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// Length of a search ID in characters: a page of 50 hits and a text of 60 characters take less.
pub const MAX_SEARCH_ID_CHARS: usize = 2_048;
/// Seconds within which equal responses have the same search ID, so that a client that has one gets 304.
const GRANULARITY_SECONDS: i64 = 60;
/// Bytes of the signature. It protects figures and no access: 16 bytes suffice.
const MAC_BYTES: usize = 16;

/// The key that search IDs are signed with. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearchKey(String);

types::redacted!(SearchKey);

impl SearchKey {
    /// A key from random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(types::hex(&bytes))
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("any length");
        mac.chain_update(body)
    }
}

/// What a response contained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchId {
    /// Name of the collection.
    #[serde(rename = "c")]
    pub collection: String,
    /// The searched text, if it is kept.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// When the response was made, in Unix seconds, to the minute.
    #[serde(rename = "t")]
    at: i64,
    /// Number of hits before the page.
    #[serde(rename = "o")]
    offset: usize,
    /// Hashes of the documents of the page.
    #[serde(rename = "h")]
    hits: Vec<u32>,
}

/// Why a search ID is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchIdError {
    /// This deployment did not issue it.
    #[error("must be a searchId of this deployment, as a search returned it")]
    Invalid,
    /// It can no longer be used.
    #[error("must be at most 24 hours old: search again")]
    Expired,
}

impl SearchId {
    /// The search ID of a response.
    pub fn new<'a>(
        collection: &str,
        text: &str,
        now: Timestamp,
        offset: usize,
        hits: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            collection: collection.to_owned(),
            query: kept_query(text),
            at: now.as_second() / GRANULARITY_SECONDS * GRANULARITY_SECONDS,
            offset,
            hits: hits.into_iter().map(hash).collect(),
        }
    }

    /// Returns its text, signed.
    pub fn sign(&self, key: &SearchKey) -> String {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        let mac = key.mac(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a text that was signed, and has not expired.
    pub fn verify(text: &str, key: &SearchKey, now: Timestamp) -> Result<Self, SearchIdError> {
        if text.len() > MAX_SEARCH_ID_CHARS {
            return Err(SearchIdError::Invalid);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SearchIdError::Invalid)?;
        let at = bytes.len().checked_sub(MAC_BYTES).ok_or(SearchIdError::Invalid)?;
        let (body, mac) = bytes.split_at(at);
        key.mac(body).verify_truncated_left(mac).map_err(|_| SearchIdError::Invalid)?;
        let id: Self = serde_json::from_slice(body).map_err(|_| SearchIdError::Invalid)?;
        let is_fresh = now.as_second() - id.at < SEARCH_ID_LIFETIME.as_secs() + GRANULARITY_SECONDS;
        if is_fresh { Ok(id) } else { Err(SearchIdError::Expired) }
    }

    /// Returns the position of a document among all hits, from 0; `None` if it was not on the page.
    pub fn position(&self, document_id: &str) -> Option<usize> {
        let hash = hash(document_id);
        self.hits.iter().position(|hit| *hit == hash).map(|position| self.offset + position)
    }
}

fn hash(document_id: &str) -> u32 {
    let digest = Sha256::digest(document_id);
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-29T12:00:30Z".parse().unwrap()
    }

    fn key() -> SearchKey {
        SearchKey::new([7; 32])
    }

    #[test]
    fn a_search_id_says_what_was_found_and_where() {
        let id = SearchId::new("products", " Red Shoe", now(), 20, ["a", "b"]);
        let read = SearchId::verify(&id.sign(&key()), &key(), now()).unwrap();
        assert_eq!(read, id);
        assert_eq!((read.query.as_deref(), read.position("b"), read.position("c")), (Some("red shoe"), Some(21), None));
        assert_eq!(SearchId::new("products", "ann@example.com", now(), 0, []).query, None);
    }

    #[test]
    fn a_search_id_cannot_be_changed_or_used_for_ever() {
        let text = SearchId::new("products", "shoe", now(), 0, ["a"]).sign(&key());
        let mut bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            let forged = SearchId::verify(&URL_SAFE_NO_PAD.encode(&bytes), &key(), now());
            assert_eq!(forged, Err(SearchIdError::Invalid), "byte {at}");
            bytes[at] ^= 1;
        }
        assert_eq!(SearchId::verify(&text, &SearchKey::new([8; 32]), now()), Err(SearchIdError::Invalid));
        for bad in ["", "AAAA", "!", &"A".repeat(MAX_SEARCH_ID_CHARS + 1)] {
            assert_eq!(SearchId::verify(bad, &key(), now()), Err(SearchIdError::Invalid));
        }
        assert!(SearchId::verify(&text, &key(), now() + SEARCH_ID_LIFETIME).is_ok());
        let late = now() + SEARCH_ID_LIFETIME + SignedDuration::from_mins(1);
        assert_eq!(SearchId::verify(&text, &key(), late), Err(SearchIdError::Expired));
    }

    #[test]
    fn equal_responses_of_a_minute_have_one_search_id_and_a_full_page_fits() {
        let hits: Vec<String> = (0..50).map(|number| format!("document {number}")).collect();
        let text =
            |now| SearchId::new("products", &"ö".repeat(60), now, 1_950, hits.iter().map(String::as_str)).sign(&key());
        assert_eq!(text(now()), text(now() + SignedDuration::from_secs(20)));
        assert_ne!(text(now()), text(now() + SignedDuration::from_secs(40)));
        assert!(text(now()).len() <= MAX_SEARCH_ID_CHARS);
    }
}
