//! Items of this context in the table. The key table is in the README of the context.

mod catalogue;
mod people;

use std::sync::{Arc, Mutex, PoisonError};

use dynamo::{Context, Entity, IndexKey, Key, Table};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{BadgeId, CurrencyCode, EventTypeId, UserId};

use crate::domain::badge::Badge;
use crate::domain::catalogue::{Catalogue, Counter};
use crate::domain::fact::Fact;
use crate::domain::flow::Flow;
use crate::domain::local_days::LocalDays;
use crate::domain::record::Record;

pub use catalogue::NotChanged;
pub use people::{AppendOutcome, FlowChange, Lookup};

/// Over how many partitions of the index people are spread.
pub const SHARDS: u8 = 16;

/// Name of the context in keys.
#[derive(Debug)]
pub struct Badges;

impl Context for Badges {
    const NAME: &'static str = "badges";
}

impl Entity for Badge {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        badge_key(self.id)
    }
}

fn badge_key(id: BadgeId) -> Key<Badges> {
    in_catalogue(format!("{BADGES}{id}"))
}

impl Entity for Counter {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        counter_key()
    }
}

fn counter_key() -> Key<Badges> {
    in_catalogue("counter".to_owned())
}

/// Keeps a code for a badge, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CodeClaim {
    code: String,
    badge_id: BadgeId,
}

impl Entity for CodeClaim {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        in_catalogue(format!("code#{}", self.code))
    }
}

/// The start of badges' sort keys.
const BADGES: &str = "badge#";

/// One small partition: processes keep what it holds, and ask for its counter once a second at most.
fn in_catalogue(sort: String) -> Key<Badges> {
    Key::new("catalogue", "all", sort)
}

/// What is known of a kind of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventType {
    /// The kind.
    pub event_type_id: EventTypeId,
    /// True once no new events of it can be made.
    pub retired: bool,
    /// The greater number is newer.
    pub revision: u64,
}

impl Entity for EventType {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        Key::new("eventtype", self.event_type_id, "type")
    }
}

/// A currency that rewards and requirements can be in, beside the built-in ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// Its code. Currencies are never deleted.
    pub code: CurrencyCode,
}

impl Entity for Currency {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        Key::new("currency", &self.code, "currency")
    }
}

impl Entity for Record {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        record_key(self.user_id)
    }
}

fn record_key(user: UserId) -> Key<Badges> {
    Key::new("user", user, "record")
}

impl Entity for Fact {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        let name = self.activity.dedup_key().unwrap_or_else(|| format!("recounted#{}", self.number));
        fact_key(self.user_id, &name)
    }
}

fn fact_key(user: UserId, name: &str) -> Key<Badges> {
    Key::new("user", user, format!("fact#{name}"))
}

impl Entity for LocalDays {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        zone_key(self.user_id)
    }
}

fn zone_key(user: UserId) -> Key<Badges> {
    Key::new("user", user, "zone")
}

impl Entity for Flow {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        flow_key(self.user_id, &self.currency)
    }
}

fn flow_key(user: UserId, currency: &CurrencyCode) -> Key<Badges> {
    Key::new("user", user, format!("flow#{currency}"))
}

/// Lists a person for the recount. It is an item of its own since it never changes: a record in the index would be written
/// there with every fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Who.
    pub user_id: UserId,
}

impl Entity for Listing {
    type Context = Badges;

    fn key(&self) -> Key<Badges> {
        Key::new("user", self.user_id, "listing")
    }

    fn index(&self) -> Option<IndexKey<Badges>> {
        let shard = self.user_id.uuid().as_u128() % u128::from(SHARDS);
        Some(IndexKey::new("people", shard, format!("user#{}", self.user_id)))
    }
}

/// The catalogue as a process last read it.
#[derive(Debug)]
struct Kept {
    catalogue: Arc<Catalogue>,
    checked_at: Timestamp,
}

/// Items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Badges>,
    kept: Arc<Mutex<Option<Kept>>>,
}

impl kit::OpenStore for Store {
    type Context = Badges;

    fn open(table: Table<Badges>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Badges>) -> Self {
        Self { table, kept: Arc::default() }
    }

    /// What was kept, if it is fit.
    fn kept(&self, fit: impl Fn(&Kept) -> bool) -> Option<Arc<Catalogue>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|kept| fit(kept)).map(|kept| Arc::clone(&kept.catalogue))
    }

    fn keep(&self, catalogue: &Arc<Catalogue>, checked_at: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|kept| kept.catalogue.revision() <= catalogue.revision()) {
            *kept = Some(Kept { catalogue: Arc::clone(catalogue), checked_at });
        }
    }
}
