//! Reads of one attribute of an item.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use serde::de::DeserializeOwned;

use crate::meter::{self, Kind};
use crate::{Context, Key, StoreError, Table};

impl<C: Context> Table<C> {
    /// Reads the attribute `name` of an item, and nothing else of it: a strongly consistent read with a projection, which a
    /// role can allow by `dynamodb:Attributes`. `None` if the item or the attribute does not exist. See [`crate::Excerpt`].
    pub async fn get_excerpt<T: DeserializeOwned>(&self, key: Key<C>, name: &str) -> Result<Option<T>, StoreError> {
        let sort = key.sk.clone();
        let call = meter::begin();
        let reply = self
            .client
            .get_item()
            .table_name(&self.name)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .consistent_read(true)
            .projection_expression("#excerpt")
            .expression_attribute_names("#excerpt", name)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.count(Kind::Read, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        let Some(value) = reply.item.and_then(|mut item| item.remove(name)) else { return Ok(None) };
        let broken = |error: serde_dynamo::Error| StoreError::Corrupt {
            key: sort,
            kind: std::any::type_name::<T>(),
            reason: contracts::without_values(&error),
        };
        serde_dynamo::from_attribute_value(value).map(Some).map_err(broken)
    }
}
