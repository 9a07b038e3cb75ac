//! Several items in one read or deletion.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemOutput;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, KeysAndAttributes, ReturnConsumedCapacity, WriteRequest};

use crate::item::{self, Attributes};
use crate::meter::{self, Kind};
use crate::{Context, Entity, Key, Read, StoreError, Table, Versioned, backoff};

/// How often keys are asked for again that DynamoDB left out of an answer.
const MAX_ATTEMPTS: u32 = 5;
/// The most items that one call reads (DynamoDB's own bound).
pub const MAX_BATCH_ITEMS: usize = 100;

/// The most items that one call deletes (DynamoDB's own bound).
pub(crate) const MAX_BATCH_WRITES: usize = 25;

/// Items of several kinds that one call read.
#[derive(Debug, Default)]
pub struct Found {
    /// The keys, in the order in which they were asked for.
    keys: Vec<(String, String)>,
    items: HashMap<(String, String), Attributes>,
}

impl Found {
    /// Takes out the item with this key, if there is one.
    pub fn take<E: Entity>(&mut self, key: Key<E::Context>) -> Result<Option<Versioned<E>>, StoreError> {
        self.items.remove(&(key.pk, key.sk)).map(item::decode).transpose()
    }

    /// True if there is an item with this key, of whatever kind.
    pub fn contains<C: Context>(&self, key: Key<C>) -> bool {
        self.items.contains_key(&(key.pk, key.sk))
    }

    /// The items of one kind that can be read, in the order of their keys in the request. The others are logged.
    pub fn into_readable<E: Entity>(mut self) -> Vec<Versioned<E>> {
        item::readable(self.keys.iter().filter_map(|key| self.items.remove(key)))
    }

    /// All items, of one kind, in the order in which their keys were asked for.
    pub fn into_all<E: Entity>(mut self) -> Result<Vec<Versioned<E>>, StoreError> {
        self.keys.iter().filter_map(|key| self.items.remove(key)).map(item::decode).collect()
    }
}

impl<C: Context> Table<C> {
    /// Reads up to a hundred items of any kind in one round trip.
    pub async fn get_many(&self, keys: Vec<Key<C>>, read: Read) -> Result<Found, StoreError> {
        let mut left: Vec<Attributes> = keys.into_iter().take(MAX_BATCH_ITEMS).map(attributes).collect();
        let mut found = Found { keys: left.iter().filter_map(key_of).collect(), items: HashMap::new() };
        if left.is_empty() {
            return Ok(found);
        }
        for attempt in 1..=MAX_ATTEMPTS {
            let asked = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(read == Read::Strong).build();
            let asked = asked.map_err(|error| StoreError::Refused(error.to_string()))?;
            let call = meter::begin();
            let reply = self
                .client
                .batch_get_item()
                .request_items(&self.name, asked)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            call.count(Kind::Read, reply.iter().flat_map(BatchGetItemOutput::consumed_capacity));
            let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
            let items = reply.responses.unwrap_or_default().into_values().flatten();
            found.items.extend(items.filter_map(|item| Some((key_of(&item)?, item))));
            let unread = reply.unprocessed_keys.unwrap_or_default().into_values().next();
            let Some(unread) = unread else { return Ok(found) };
            left = unread.keys;
            tokio::time::sleep(backoff(attempt)).await;
        }
        Err(StoreError::Throttled("a batch read was cut short again and again".into()))
    }

    /// Deletes up to 25 items of one partition in one call, without a condition.
    pub(crate) async fn drop_items(&self, pk: &str, sort_keys: Vec<AttributeValue>) -> Result<(), StoreError> {
        let mut left = sort_keys.into_iter().map(|sk| deletion(pk, sk)).collect::<Result<Vec<_>, _>>()?;
        for attempt in 1..=MAX_ATTEMPTS {
            let call = meter::begin();
            let reply = self
                .client
                .batch_write_item()
                .request_items(&self.name, left)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            call.count(Kind::Write, reply.iter().flat_map(BatchWriteItemOutput::consumed_capacity));
            let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
            let unprocessed = reply.unprocessed_items.unwrap_or_default().into_values().next();
            let Some(unprocessed) = unprocessed.filter(|rest| !rest.is_empty()) else { return Ok(()) };
            left = unprocessed;
            tokio::time::sleep(backoff(attempt)).await;
        }
        Err(StoreError::Throttled("a batch of deletions was cut short again and again".into()))
    }
}

fn deletion(pk: &str, sk: AttributeValue) -> Result<WriteRequest, StoreError> {
    let key: Attributes = [("pk".to_owned(), AttributeValue::S(pk.to_owned())), ("sk".to_owned(), sk)].into();
    let request = DeleteRequest::builder().set_key(Some(key)).build();
    let request = request.map_err(|error| StoreError::Refused(error.to_string()))?;
    Ok(WriteRequest::builder().delete_request(request).build())
}

fn attributes<C: Context>(key: Key<C>) -> Attributes {
    [("pk".to_owned(), AttributeValue::S(key.pk)), ("sk".to_owned(), AttributeValue::S(key.sk))].into()
}

fn key_of(item: &Attributes) -> Option<(String, String)> {
    let part = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some((part("pk")?, part("sk")?))
}
