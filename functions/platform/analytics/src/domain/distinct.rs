//! Distinct users: HyperLogLog sketches of keyed hashes.
//!
//! With 2^12 registers the standard error is 1.04 / √4096 = 1.6 % (Flajolet et al., "HyperLogLog: the analysis of a
//! near-optimal cardinality estimation algorithm", 2007). Up to a few hundred users the sketch is exact but for collisions
//! of 32-bit hashes. The sketches and their serialized form are those of Apache DataSketches.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datasketches::hll::{HllSketch, HllType, HllUnion};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The number of registers is 2 to the power of this.
const LG_REGISTERS: u8 = 12;
/// The least length of a key in bytes.
const MIN_KEY_BYTES: usize = 32;

/// The key that user IDs are hashed with. Without it, nobody can tell from a sketch whether a user is in it. Its `Debug`
/// shows nothing.
#[derive(Clone)]
pub struct DistinctKey(Vec<u8>);

types::redacted!(DistinctKey);

/// The text is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be at least {MIN_KEY_BYTES} bytes in base64")]
pub struct NotADistinctKey;

impl DistinctKey {
    /// Reads a key in base64.
    pub fn from_base64(text: &str) -> Result<Self, NotADistinctKey> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| NotADistinctKey)?;
        if bytes.len() < MIN_KEY_BYTES { Err(NotADistinctKey) } else { Ok(Self(bytes)) }
    }

    fn mac(&self) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
        mac
    }

    /// What stands for a user in the sketches of one metric. Sketches of two metrics have nothing in common.
    pub fn hash(&self, metric: &str, user: &str) -> HashedUser {
        let mut mac = self.mac();
        // A name contains no zero byte, so ("ab", "c") and ("a", "bc") are different texts.
        mac.update(metric.as_bytes());
        mac.update(&[0]);
        mac.update(user.as_bytes());
        let hash = mac.finalize().into_bytes();
        HashedUser(hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

/// A keyed hash of a user ID.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashedUser(u64);

types::redacted!(HashedUser);

/// A sketch of distinct users, as it is stored: the serialized form of Apache DataSketches in base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sketch(String);

impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sketch({} characters)", self.0.len())
    }
}

/// The sketch cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sketch cannot be read: {0}")]
pub struct BrokenSketch(String);

impl Sketch {
    /// The sketch of one user.
    pub fn of(user: HashedUser) -> Result<Self, BrokenSketch> {
        let mut sketch = HllSketch::new(LG_REGISTERS, HllType::Hll4).map_err(broken)?;
        sketch.update(user.0);
        Ok(Self::write(&sketch))
    }

    /// The sketch with one more user, or `None` if it stays the same.
    pub fn with(&self, user: HashedUser) -> Result<Option<Self>, BrokenSketch> {
        let mut sketch = self.read()?;
        let before = sketch.clone();
        sketch.update(user.0);
        Ok((before != sketch).then(|| Self::write(&sketch)))
    }

    fn read(&self) -> Result<HllSketch, BrokenSketch> {
        let bytes = STANDARD.decode(&self.0).map_err(broken)?;
        HllSketch::deserialize(&bytes).map_err(broken)
    }

    fn write(sketch: &HllSketch) -> Self {
        Self(STANDARD.encode(sketch.serialize()))
    }
}

/// The estimated number of distinct users in all sketches together. It does not depend on the order in which users were
/// added, nor on how they are spread over sketches.
pub fn count(sketches: &[Sketch]) -> Result<i64, BrokenSketch> {
    let mut union = HllUnion::new(LG_REGISTERS).map_err(broken)?;
    for sketch in sketches {
        union.update(&sketch.read()?);
    }
    #[expect(clippy::cast_possible_truncation, reason = "an estimate is a finite number far below 2^63")]
    let count = union.composite_estimate().round() as i64;
    Ok(count)
}

fn broken(error: impl fmt::Display) -> BrokenSketch {
    BrokenSketch(error.to_string())
}

#[cfg(test)]
#[path = "distinct_tests.rs"]
mod tests;
