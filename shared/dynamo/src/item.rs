//! Items: a type's own attributes, and those that every item has.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::write_id::{self, WriteIds};
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
#[derive(Debug, Clone)]
pub struct Versioned<E> {
    /// The entity.
    pub value: E,
    /// 1 when created, one more with each change.
    pub version: u64,
    /// The last writes of the item.
    pub(crate) write_ids: WriteIds,
}

impl<E> Versioned<E> {
    /// An entity in a version that is known without reading it.
    pub fn new(value: E, version: u64) -> Self {
        Self { value, version, write_ids: WriteIds::default() }
    }

    /// The next version of the item, after a change within a transaction.
    #[must_use]
    pub fn successor<T>(&self, value: T) -> Versioned<T> {
        Versioned { value, version: self.version + 1, write_ids: self.write_ids.clone() }
    }
}

/// Compares what the item says and its version; how it was written does not matter.
impl<E: PartialEq> PartialEq for Versioned<E> {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && self.value == other.value
    }
}

/// Attributes that an item has beside those of its entity.
const RESERVED: [&str; 7] = ["pk", "sk", "version", "gsi1pk", "gsi1sk", outbox::ATTRIBUTE, write_id::ATTRIBUTE];

pub(crate) fn encode<E: Entity>(
    entity: &E,
    version: u64,
    outbox: &Outbox,
    write_ids: &WriteIds,
) -> Result<Attributes, StoreError> {
    let broken =
        |reason: String| StoreError::Corrupt { key: entity.key().sk, kind: std::any::type_name::<E>(), reason };
    let mut item: Attributes = serde_dynamo::to_item(entity).map_err(|error| broken(error.to_string()))?;
    // It would be overwritten, and read back with another value.
    if let Some(name) = RESERVED.into_iter().find(|name| item.contains_key(*name)) {
        return Err(broken(format!("the entity has an attribute with the reserved name `{name}`")));
    }
    let key = entity.key();
    item.insert("pk".into(), AttributeValue::S(key.pk));
    item.insert("sk".into(), AttributeValue::S(key.sk));
    item.insert("version".into(), AttributeValue::N(version.to_string()));
    item.extend(write_ids.to_attribute().map(|ids| (write_id::ATTRIBUTE.to_owned(), ids)));
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

/// Decodes the items of a list, and leaves out those that cannot be read: one broken item must not end a list for every
/// reader, or a sweep for every item. Each is logged as an error, by its key and without its content.
pub(crate) fn readable<E: Entity>(items: impl IntoIterator<Item = Attributes>) -> Vec<Versioned<E>> {
    let key = |item: &Attributes, name| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    let decoded = items.into_iter().filter_map(|item| {
        let (pk, sk) = (key(&item, "pk"), key(&item, "sk"));
        let read = decode(item).ok();
        if read.is_none() {
            tracing::error!(pk, sk, kind = std::any::type_name::<E>(), "an item of a list cannot be read");
        }
        read
    });
    decoded.collect()
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
    let write_ids = WriteIds::of(&item);
    let value = serde_dynamo::from_item(item).map_err(|error| broken(&contracts::without_values(&error)))?;
    Ok(Versioned { value, version, write_ids })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Map, Value, json};

    use super::*;

    #[derive(Debug)]
    struct Library;

    impl Context for Library {
        const NAME: &'static str = "library";
    }

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Book(Map<String, Value>);

    impl Entity for Book {
        type Context = Library;

        fn key(&self) -> Key<Library> {
            Key::new("book", "1", "book")
        }
    }

    #[test]
    fn an_attribute_of_the_item_itself_is_refused_in_an_entity() {
        let encoded = |name: &str| {
            let book = Book(Map::from_iter([(name.to_owned(), json!(7))]));
            encode(&book, 1, &Outbox::none(), &WriteIds::default())
        };
        for name in RESERVED {
            let refused = encoded(name).unwrap_err().to_string();
            assert!(refused.contains(name), "{refused}");
        }
        assert_eq!(encoded("edition").unwrap()["version"], AttributeValue::N("1".into()));
    }
}
