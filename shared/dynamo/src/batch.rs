//! Reads of many items at once.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};

use crate::item::{self, Attributes};
use crate::meter::{self, Kind};
use crate::{Context, Entity, Key, Read, StoreError, Table, Versioned, backoff};

/// The most items that one call reads (DynamoDB's own bound).
pub const MAX_BATCH_ITEMS: usize = 100;

/// How often what DynamoDB left undone is asked for again.
const MAX_ATTEMPTS: u32 = 8;

impl<C: Context> Table<C> {
    /// Reads at most [`MAX_BATCH_ITEMS`] different items in one call. Those that do not exist are left out, and the order
    /// is DynamoDB's.
    pub async fn get_many<E: Entity<Context = C>>(
        &self,
        keys: Vec<Key<C>>,
        read: Read,
    ) -> Result<Vec<Versioned<E>>, StoreError> {
        let mut wanted: Vec<Attributes> = keys
            .into_iter()
            .map(|key| {
                [("pk".to_owned(), AttributeValue::S(key.pk)), ("sk".to_owned(), AttributeValue::S(key.sk))].into()
            })
            .collect();
        let mut found = Vec::new();
        for attempt in 1..=MAX_ATTEMPTS {
            if wanted.is_empty() {
                return Ok(found);
            }
            let (items, undone) = self.get_batch(wanted, read).await?;
            for item in items {
                found.push(item::decode(item)?);
            }
            if undone.is_empty() {
                return Ok(found);
            }
            wanted = undone;
            tokio::time::sleep(backoff(attempt)).await;
        }
        Err(StoreError::Throttled(format!("{} items of a batch were left undone", wanted.len())))
    }

    /// The items of one call, and the keys that it left undone: the answer was too large, or the table too busy.
    async fn get_batch(
        &self,
        keys: Vec<Attributes>,
        read: Read,
    ) -> Result<(Vec<Attributes>, Vec<Attributes>), StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(read == Read::Strong)
            .build()
            .map_err(|error| StoreError::Refused(error.to_string()))?;
        let reply = self
            .client
            .batch_get_item()
            .request_items(&self.name, wanted)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        meter::count(Kind::Read, reply.iter().flat_map(BatchGetItemOutput::consumed_capacity));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        let items = reply.responses.into_iter().flat_map(HashMap::into_values).flatten().collect();
        let undone = reply.unprocessed_keys.into_iter().flat_map(HashMap::into_values);
        Ok((items, undone.flat_map(|left| left.keys).collect()))
    }
}
