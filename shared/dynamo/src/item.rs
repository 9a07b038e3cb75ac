//! Items: a type's own attributes, and those that every item has.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Context, IndexKey, Key, Outbox, StoreError, outbox};

pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// Something that is one item in the table.
pub trait Entity: Serialize + DeserializeOwned + Send + Sync {
    /// The context that owns it.
    type Context: Context;

    /// Its primary key.
    fn key(&self) -> Key<Self::Context>;

    /// Its place in the index, if it is listed there.
    fn index(&self) -> Option<IndexKey<Self::Context>> {
        None
    }

    /// An attribute that repeats a part of the entity, for readers whose roles may read no other attribute.
    fn excerpt(&self) -> Option<Excerpt> {
        None
    }

    /// When DynamoDB may sweep it, in seconds since 1970. Expiry itself is a condition of the reader: sweeping takes days.
    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// An attribute that is derived from an entity and written with it. See [`crate::Table::get_excerpt`].
#[derive(Debug)]
pub struct Excerpt {
    name: &'static str,
    value: Result<AttributeValue, serde_dynamo::Error>,
}

impl Excerpt {
    /// The attribute `name` with this value.
    pub fn new(name: &'static str, value: &impl Serialize) -> Self {
        Self { name, value: serde_dynamo::to_attribute_value(value) }
    }
}

/// An entity as it was read, with the version that a change of it is conditional on.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<E> {
    /// The entity.
    pub value: E,
    /// 1 when created, one more with each change.
    pub version: u64,
}

pub(crate) fn encode<E: Entity>(entity: &E, version: u64, outbox: &Outbox) -> Result<Attributes, StoreError> {
    let broken =
        |reason: String| StoreError::Corrupt { key: entity.key().sk, kind: std::any::type_name::<E>(), reason };
    let mut item: Attributes = serde_dynamo::to_item(entity).map_err(|error| broken(error.to_string()))?;
    let key = entity.key();
    item.insert("pk".into(), AttributeValue::S(key.pk));
    item.insert("sk".into(), AttributeValue::S(key.sk));
    item.insert("version".into(), AttributeValue::N(version.to_string()));
    if let Some(index) = entity.index() {
        item.insert("gsi1pk".into(), AttributeValue::S(index.pk));
        item.insert("gsi1sk".into(), AttributeValue::S(index.sk));
    }
    if let Some(Excerpt { name, value }) = entity.excerpt() {
        item.insert(name.into(), value.map_err(|error| broken(error.to_string()))?);
    }
    if let Some(seconds) = entity.expires_at() {
        item.insert("expires_at".into(), AttributeValue::N(seconds.to_string()));
    }
    if let Some(text) = outbox.to_attribute() {
        let text = text.map_err(|error| broken(error.to_string()))?;
        item.insert(outbox::ATTRIBUTE.into(), AttributeValue::S(text));
    }
    Ok(item)
}

pub(crate) fn decode<E: Entity>(item: Attributes) -> Result<Versioned<E>, StoreError> {
    let key = item.get("sk").and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    let broken = |reason: &str| StoreError::Corrupt {
        key: key.clone(),
        kind: std::any::type_name::<E>(),
        reason: reason.into(),
    };
    let version = item
        .get("version")
        .and_then(|value| value.as_n().ok())
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| broken("no version"))?;
    let value = serde_dynamo::from_item(item).map_err(|error| broken(&error.to_string()))?;
    Ok(Versioned { value, version })
}
