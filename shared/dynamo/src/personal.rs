//! What contexts hold on a person: each keeps it under `<context>#user#<user id>`, so that it can be found.
//!
//! That rule is what deletion and export stand on. A context's own `forget-user` calls [`Table::forget`]; identity's
//! export reads with [`PersonalData`], the one reader that is bound to no context.
//!
//! Events come late and in any order, so a forgotten person leaves a marker, which says nothing but that. A write that
//! makes an item on a person adds [`Transaction::unless_forgotten`], and cannot bring them back.

use std::fmt::Display;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use futures::stream::{self, StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::batch::MAX_BATCH_WRITES;
use crate::item::Attributes;
use crate::meter::{self, Kind};
use crate::{Conflict, Context, Cursor, Entity, Key, Outbox, Read, StoreError, Table, Transaction};

/// The most items that one call deletes. The wallet relies on this bound (`wallet/src/store/forgetting.rs`).
pub const MAX_FORGET_ITEMS: usize = 1_000;
/// One more than a call deletes, for the marker.
const PAGE_ITEMS: i32 = 1_001;
/// How many of the batches that delete are under way at once.
const MAX_PARALLEL_BATCHES: usize = 8;

/// How long a marker stands. No event comes again later: the bus's archive keeps them for 30 days, and a queue of dead
/// letters for 14.
const MARKER_SECONDS: i64 = 90 * 24 * 60 * 60;

/// The sort key of the marker that a forgotten person leaves.
const MARKER: &str = "forgotten";

/// Says that a person was forgotten, and nothing else.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct ForgottenMarker<C> {
    user: String,
    until: i64,
    #[serde(skip)]
    context: std::marker::PhantomData<fn() -> C>,
}

impl<C: Context> Entity for ForgottenMarker<C> {
    type Context = C;

    fn key(&self) -> Key<C> {
        marker_key(&self.user)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

/// The key of the marker that a forgotten person leaves, for those who read it with other items.
pub fn marker_key<C: Context>(user: impl Display) -> Key<C> {
    Key::new("user", user, MARKER)
}

/// What a call of [`Table::forget`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// How many items it deleted.
    pub items: usize,
    /// True if there are more: call again.
    pub more: bool,
}

impl<C: Context> Table<C> {
    /// Deletes what this context holds on a person, a bounded number of items at a time, and leaves the marker. Doing it
    /// twice does no harm. `now` is in seconds since 1970.
    pub async fn forget(&self, user: impl Display, now: i64) -> Result<Forgotten, StoreError> {
        // The marker first: from here on nothing new is made that this call might miss.
        self.mark_forgotten(&user, now).await?;
        self.forget_marked(user).await
    }

    /// The same for a person who has the marker already, which is not written again. Call [`Self::mark_forgotten`] first.
    pub async fn forget_marked(&self, user: impl Display) -> Result<Forgotten, StoreError> {
        self.drop_held(&partition(C::NAME, user), "").await
    }

    /// Deletes what this context holds on a person of one kind, the first segment of sort keys, and leaves no marker. It is
    /// for contexts that keep a tombstone of their own.
    pub async fn forget_kind(&self, user: impl Display, kind: &str) -> Result<Forgotten, StoreError> {
        self.drop_held(&partition(C::NAME, user), &format!("{kind}#")).await
    }

    /// Deletes a bounded number of the items of a partition whose sort keys start with that of `prefix`, and leaves no marker. It is
    /// for what a removed resource leaves under keys of its own; the caller makes sure that nothing new is stored there.
    pub async fn forget_under(&self, prefix: &Key<C>) -> Result<Forgotten, StoreError> {
        self.drop_held(&prefix.pk, &prefix.sk).await
    }

    async fn drop_held(&self, pk: &str, prefix: &str) -> Result<Forgotten, StoreError> {
        // What was deleted is not seen again, so each call begins at the first item.
        let (mut sort_keys, more) = self.held_keys(pk, prefix).await?;
        let more = more || sort_keys.len() > MAX_FORGET_ITEMS;
        sort_keys.truncate(MAX_FORGET_ITEMS);
        let items = sort_keys.len();
        let mut batches = Vec::new();
        while !sort_keys.is_empty() {
            let rest = sort_keys.split_off(sort_keys.len().min(MAX_BATCH_WRITES));
            batches.push(self.drop_items(pk, std::mem::replace(&mut sort_keys, rest)));
        }
        stream::iter(batches).buffer_unordered(MAX_PARALLEL_BATCHES).try_collect::<()>().await?;
        Ok(Forgotten { items, more })
    }

    /// True if a person was forgotten here.
    pub async fn is_forgotten(&self, user: impl Display) -> Result<bool, StoreError> {
        Ok(self.get::<ForgottenMarker<C>>(marker_key(user), Read::Strong).await?.is_some())
    }

    /// Leaves the marker, and deletes nothing yet: for those who must look at what is there once nothing new can come.
    /// [`Table::forget`] does it too. `now` is in seconds since 1970.
    pub async fn mark_forgotten(&self, user: impl Display, now: i64) -> Result<(), StoreError> {
        let (user, until) = (user.to_string(), now + MARKER_SECONDS);
        let marker = ForgottenMarker { user, until, context: std::marker::PhantomData };
        match self.create::<ForgottenMarker<C>>(marker, &Outbox::none()).await {
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    async fn held_keys(&self, pk: &str, prefix: &str) -> Result<(Vec<AttributeValue>, bool), StoreError> {
        let call = meter::begin();
        let starts = (!prefix.is_empty()).then(|| AttributeValue::S(prefix.to_owned()));
        let mut values: Attributes = [(":pk".to_owned(), AttributeValue::S(pk.to_owned()))].into();
        values.extend(starts.clone().map(|starts| (":prefix".to_owned(), starts)));
        let reply = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(if starts.is_some() {
                "pk = :pk AND begins_with(sk, :prefix)"
            } else {
                "pk = :pk"
            })
            .set_expression_attribute_values(Some(values))
            .projection_expression("sk")
            .consistent_read(true)
            .limit(PAGE_ITEMS)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.count(Kind::Read, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        let more = reply.last_evaluated_key.is_some();
        let sort_keys = reply.items.unwrap_or_default().into_iter().filter_map(|mut item| item.remove("sk"));
        Ok((sort_keys.filter(|sk| sk.as_s().is_ok_and(|text| text != MARKER)).collect(), more))
    }
}

impl<C: Context> Transaction<C> {
    /// Adds: only if this context did not forget the person. Of any cancelled transaction, [`crate::Cancelled::failed`]
    /// tells by this write's number whether that was why.
    #[must_use]
    pub fn unless_forgotten(self, user: impl Display) -> Self {
        self.absent(marker_key(user))
    }
}

/// An item that a context holds on a person, with all its attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its sort key, which says what it is.
    pub sort_key: String,
    /// What it holds, as it is stored.
    pub attributes: Map<String, Value>,
}

/// A part of what a context holds on a person.
#[derive(Debug, Clone)]
pub struct HeldPage {
    /// The items, in the order of their sort keys.
    pub items: Vec<Held>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

/// Reads what any context holds on a person. The role of the function that has one names the contexts, and lets it
/// query partitions of people only.
#[derive(Debug, Clone)]
pub struct PersonalData {
    client: Client,
    table: String,
}

impl PersonalData {
    /// A reader of this table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// One page, of at most a megabyte, of what a context holds on a person.
    pub async fn page(&self, context: &str, user: impl Display, after: Option<Cursor>) -> Result<HeldPage, StoreError> {
        let pk = AttributeValue::S(partition(context, user));
        let start = after.map(|cursor| {
            [("pk".to_owned(), pk.clone()), ("sk".to_owned(), AttributeValue::S(cursor.0))].into_iter().collect()
        });
        let call = meter::begin();
        let reply = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", pk)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.count(Kind::Read, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        let next = reply.last_evaluated_key.and_then(|key| sort_key(&key).map(Cursor));
        let items = reply.items.unwrap_or_default().into_iter().map(held).collect::<Result<_, _>>()?;
        Ok(HeldPage { items, next })
    }
}

fn partition(context: &str, user: impl Display) -> String {
    format!("{context}#user#{user}")
}

fn sort_key(item: &Attributes) -> Option<String> {
    item.get("sk").and_then(|value| value.as_s().ok()).cloned()
}

fn held(item: Attributes) -> Result<Held, StoreError> {
    let sort_key = sort_key(&item).unwrap_or_default();
    match serde_dynamo::from_item(item) {
        Ok(attributes) => Ok(Held { sort_key, attributes }),
        Err(error) => {
            Err(StoreError::Corrupt { key: sort_key, kind: "JSON", reason: contracts::without_values(&error) })
        }
    }
}
