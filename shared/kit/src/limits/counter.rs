//! Counters in the table.

use std::marker::PhantomData;

use dynamo::{Context, Entity, Key};
use serde::{Deserialize, Serialize};

use super::{Limit, Subject};

/// How long a counter outlives its window, in seconds: the clocks of two machines differ by less.
const GRACE_SECONDS: i64 = 60;
/// The attribute that counts.
pub(super) const COUNT: &str = "count";

/// A counter of one limit, for one subject, in one window.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub(super) struct Counter<C> {
    #[serde(skip)]
    entity: String,
    #[serde(skip)]
    id: String,
    limit: String,
    starts_at: i64,
    ends_at: i64,
    /// Written by the count alone.
    #[serde(default, skip_serializing)]
    pub(super) count: u32,
    #[serde(skip)]
    context: PhantomData<fn() -> C>,
}

impl<C: Context> Counter<C> {
    /// The counter for a window that begins at this second.
    pub(super) fn new(limit: Limit, subject: Subject<'_>, starts_at: i64) -> Self {
        let (entity, id) = match subject {
            Subject::User(user) => ("user", user.to_string()),
            Subject::Source(hash) | Subject::Hashed(hash) => ("limit", hash.to_owned()),
            Subject::Deployment => ("limit", "deployment".to_owned()),
        };
        let ends_at = starts_at + i64::from(limit.window_seconds);
        Self {
            entity: entity.to_owned(),
            id,
            limit: limit.name.to_owned(),
            starts_at,
            ends_at,
            count: 0,
            context: PhantomData,
        }
    }
}

impl<C: Context> Entity for Counter<C> {
    type Context = C;

    fn key(&self) -> Key<C> {
        Key::new(&self.entity, &self.id, format!("limit#{}#{:012}", self.limit, self.starts_at))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.ends_at + GRACE_SECONDS)
    }
}
