//! Open proofs of one kind: links in e-mails that have not been used yet.
//!
//! A new request never invalidates a link that was sent before. Requests within half of the promised lifetime send the
//! same link again; later ones open another proof. A proof lives for one and a half times the promised lifetime, so a link
//! is always valid for at least the time that its e-mail names, and at most three are open at once.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::Uuid;

use super::reset_pace::ResetPace;

/// Minimum time between two e-mails of one kind for an account, which bounds what others can send to a mailbox.
pub const REQUEST_INTERVAL: SignedDuration = SignedDuration::from_secs(60);
/// Maximum number of open proofs of one kind: follows from the lifetimes.
const MAX_OPEN: usize = 3;

/// One open proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Proof ID, part of the signed link.
    pub id: Uuid,
    /// Time from which the link is invalid.
    pub expires_at: Timestamp,
}

impl Proof {
    fn new(id: Uuid, lifetime: SignedDuration, now: Timestamp) -> Self {
        Self { id, expires_at: now + lifetime + lifetime / 2 }
    }
}

/// The open proofs of one kind, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    /// Time of the last request.
    requested_at: Timestamp,
    #[serde(default)]
    open: Vec<Proof>,
    /// The e-mails of the last day, if anyone can request them.
    #[serde(default, skip_serializing_if = "ResetPace::is_empty")]
    pace: ResetPace,
}

/// The proof was completed or has expired, or never existed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaleProof;

/// The last request was less than [`REQUEST_INTERVAL`] ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSoon {
    /// Time to wait.
    pub wait: SignedDuration,
}

impl Proofs {
    /// The first proof of an account.
    pub fn first(id: Uuid, lifetime: SignedDuration, now: Timestamp) -> Self {
        Self { requested_at: now, open: vec![Proof::new(id, lifetime, now)], pace: ResetPace::default() }
    }

    /// Opens the first proof, or adds to those that are open, and returns the id of the proof to send. `id` is used if no
    /// recent proof can be sent again.
    pub fn request(
        open: &mut Option<Self>,
        id: Uuid,
        lifetime: SignedDuration,
        now: Timestamp,
    ) -> Result<Uuid, TooSoon> {
        let Some(proofs) = open else {
            *open = Some(Self::first(id, lifetime, now));
            return Ok(id);
        };
        let wait = REQUEST_INTERVAL - now.duration_since(proofs.requested_at);
        if wait.is_positive() {
            return Err(TooSoon { wait });
        }
        proofs.requested_at = now;
        proofs.open.retain(|proof| now < proof.expires_at);
        if let Some(recent) = proofs.open.last().filter(|proof| proof.expires_at.duration_since(now) > lifetime) {
            return Ok(recent.id);
        }
        // Clocks of two functions may differ, so the bound is enforced and not only derived.
        let excess = (proofs.open.len() + 1).saturating_sub(MAX_OPEN);
        proofs.open.drain(..excess);
        proofs.open.push(Proof::new(id, lifetime, now));
        Ok(id)
    }

    /// Returns an error unless the proof `id` is open.
    pub fn check(open: Option<&Self>, id: Uuid, now: Timestamp) -> Result<(), StaleProof> {
        let is_open = |proof: &Proof| proof.id == id && now < proof.expires_at;
        if open.is_some_and(|proofs| proofs.open.iter().any(is_open)) { Ok(()) } else { Err(StaleProof) }
    }

    /// The e-mails of the last day.
    pub fn pace(&self) -> &ResetPace {
        &self.pace
    }

    /// Remembers an e-mail.
    pub fn set_pace(&mut self, pace: ResetPace) {
        self.pace = pace;
    }

    /// The proof that was sent last.
    pub fn newest(&self) -> Option<&Proof> {
        self.open.last()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    proptest! {
        #[test]
        fn every_sent_link_is_valid_for_the_promised_time_whoever_requests_more(
            pauses in proptest::collection::vec(prop_oneof![0_i64..130, 800_i64..1000, 1_500_i64..3_000], 1..60),
        ) {
            let (mut open, mut now, mut sent) = (None, 0, Vec::new());
            for (number, pause) in (0_u128..).zip(pauses) {
                now += pause;
                if let Ok(id) = Proofs::request(&mut open, Uuid::from_u128(number), LIFETIME, at(now)) {
                    sent.push((id, now));
                }
                for (id, then) in &sent {
                    let valid = Proofs::check(open.as_ref(), *id, at(now)).is_ok();
                    prop_assert!(valid || now - then >= 1_800, "sent at {then}, invalid at {now}");
                    let newest = sent.iter().rfind(|(other, _)| other == id).map_or(0, |(_, then)| *then);
                    prop_assert!(!valid || now - newest < 2_700);
                }
                prop_assert!(open.as_ref().is_none_or(|proofs| proofs.open.len() <= MAX_OPEN));
            }
        }
    }

    #[test]
    fn a_second_request_within_the_interval_is_refused() {
        let mut open = None;
        Proofs::request(&mut open, Uuid::from_u128(1), LIFETIME, at(0)).unwrap();
        let early = Proofs::request(&mut open, Uuid::from_u128(2), LIFETIME, at(59));
        assert_eq!(early, Err(TooSoon { wait: SignedDuration::from_secs(1) }));
        assert_eq!(Proofs::request(&mut open, Uuid::from_u128(2), LIFETIME, at(60)), Ok(Uuid::from_u128(1)));
        assert_eq!(Proofs::request(&mut open, Uuid::from_u128(3), LIFETIME, at(900)), Ok(Uuid::from_u128(3)));
    }
}
