//! Items of funnels and cohorts: rows about people and orders, and counters.

use std::collections::BTreeMap;

use dynamo::{Entity, Key};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::UserId;

use super::Analytics;
use crate::domain::cohort::Membership;
use crate::domain::funnel::Passage;

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A user. The row is erased with the account.
    User(UserId),
    /// An order, by its ID. The row has no user, so it stays the same when the order is detached from its buyer.
    Order(String),
}

/// How far a person or an order got in a funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelRow {
    /// Whom it is about.
    pub about: About,
    /// Name of the funnel.
    pub funnel: String,
    /// What is counted: the ID of the user or of the order.
    pub subject: String,
    /// The steps.
    pub passage: Passage,
    /// When it can be deleted, in seconds since 1970.
    pub until: i64,
}

impl Entity for FunnelRow {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        funnel_key(&self.about, &self.funnel, &self.subject)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

/// The key of a funnel's row.
pub(super) fn funnel_key(about: &About, funnel: &str, subject: &str) -> Key<Analytics> {
    match about {
        About::User(user) => Key::new("user", user, format!("funnel#{funnel}#{subject}")),
        About::Order(order) => Key::new("order", order, format!("funnel#{funnel}")),
    }
}

/// A person in a kind of cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortRow {
    /// User.
    pub user_id: UserId,
    /// Kind of cohort.
    pub cohorts: String,
    /// The weeks.
    pub membership: Membership,
    /// When it can be deleted, in seconds since 1970.
    pub until: i64,
}

impl Entity for CohortRow {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        cohort_key(self.user_id, &self.cohorts)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

/// The key of a cohort's row.
pub(super) fn cohort_key(user: UserId, cohorts: &str) -> Key<Analytics> {
    Key::new("user", user, format!("cohort#{cohorts}"))
}

/// The numbers of a funnel's day, or of a week's cohort, in one shard: attributes of their own, `n0` and so on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// `funnel` or `cohort`, the entity in the key.
    pub kind: String,
    /// Name of the funnel, or of the kind of cohort.
    pub name: String,
    /// The day, or the Monday.
    pub date: Date,
    /// Shard.
    pub shard: u8,
    /// The numbers, among the other attributes of the item.
    #[serde(flatten)]
    pub attributes: BTreeMap<String, Value>,
}

impl Entity for Tally {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        tally_key(&self.kind, &self.name, &partition(&self.kind, self.date), self.shard, Some(self.date))
    }
}

/// The entity of the counters of funnels.
pub(super) const FUNNEL: &str = "funnel";
/// The entity of the counters of cohorts.
pub(super) const COHORT: &str = "cohort";

/// Days of a funnel are in the partition of their month, weeks of a cohort in that of their year.
pub(super) fn partition(kind: &str, date: Date) -> String {
    date.strftime(if kind == FUNNEL { "%Y-%m" } else { "%Y" }).to_string()
}

/// The key of counters; without a date, what the keys of a partition start with.
pub(super) fn tally_key(kind: &str, name: &str, partition: &str, shard: u8, date: Option<Date>) -> Key<Analytics> {
    let date = date.map(|date| date.to_string()).unwrap_or_default();
    Key::new(kind, format!("{name}#{partition}#{shard}"), format!("day#{date}"))
}
