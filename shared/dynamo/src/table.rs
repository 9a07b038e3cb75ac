//! Reads and conditional writes of single items.

use std::marker::PhantomData;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};

use crate::backoff::past_transactions;
use crate::item::{self, Attributes};
use crate::meter::{self, Kind};
use crate::write_id::{WriteId, WriteIds};
use crate::{Context, Cursor, Entity, IndexKey, Key, Outbox, StoreError, Versioned};

/// How fresh a read must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Sees every write that was answered before; costs twice as much.
    Strong,
    /// May miss the last second.
    Eventual,
}

/// A write whose condition did not hold, with the item that stood there, if any did.
#[derive(Debug)]
pub enum Conflict<E> {
    /// The item is in another state than the condition asked for.
    Item(Option<Box<Versioned<E>>>),
    /// The table itself failed.
    Store(StoreError),
}

impl<E> From<StoreError> for Conflict<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<E> {
    /// The entities, in the order of their sort keys.
    pub items: Vec<Versioned<E>>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

impl<E> Page<E> {
    fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

/// The table as context `C` sees it.
#[derive(Debug)]
pub struct Table<C> {
    pub(crate) client: Client,
    pub(crate) name: String,
    context: PhantomData<fn() -> C>,
}

impl<C> Clone for Table<C> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), name: self.name.clone(), context: PhantomData }
    }
}

impl<C: Context> Table<C> {
    /// The table `name`.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into(), context: PhantomData }
    }

    /// Reads one item.
    pub async fn get<E: Entity<Context = C>>(
        &self,
        key: Key<C>,
        read: Read,
    ) -> Result<Option<Versioned<E>>, StoreError> {
        let call = meter::begin();
        let reply = self
            .client
            .get_item()
            .table_name(&self.name)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .consistent_read(read == Read::Strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.count(Kind::Read, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        reply.item.map(item::decode).transpose()
    }

    /// Writes a new item, unless one stands there. A write whose response was lost is recognised as this one.
    pub async fn create<E: Entity<Context = C>>(
        &self,
        entity: E,
        outbox: &Outbox,
    ) -> Result<Versioned<E>, Conflict<E>> {
        let id = WriteId::generate()?;
        let new = Versioned { value: entity, version: 1, write_ids: WriteIds::default().and(id) };
        self.put(new, id, outbox, None).await
    }

    /// Replaces an item that is still in the version that was read. A write whose response was lost is recognised as this one.
    pub async fn replace<E: Entity<Context = C>>(
        &self,
        read: &Versioned<E>,
        entity: E,
        outbox: &Outbox,
    ) -> Result<Versioned<E>, Conflict<E>> {
        let id = WriteId::generate()?;
        let next = Versioned { value: entity, version: read.version + 1, write_ids: read.write_ids.and(id) };
        self.put(next, id, outbox, Some(read.version)).await
    }

    /// Writes an item over the version `read`, or where no item is.
    async fn put<E: Entity<Context = C>>(
        &self,
        next: Versioned<E>,
        id: WriteId,
        outbox: &Outbox,
        read: Option<u64>,
    ) -> Result<Versioned<E>, Conflict<E>> {
        let item = item::encode(&next.value, next.version, outbox, &next.write_ids)?;
        let call = meter::begin();
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(if read.is_some() { "version = :read" } else { "attribute_not_exists(pk)" })
            .set_expression_attribute_values(
                read.map(|version| [(":read".to_owned(), AttributeValue::N(version.to_string()))].into()),
            )
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let reply = past_transactions(|| put.clone().send()).await;
        call.count(Kind::Write, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let Err(error) = reply else { return Ok(next) };
        let store = StoreError::from_sdk(&error);
        match error.into_service_error() {
            PutItemError::ConditionalCheckFailedException(failed) => match failed.item {
                Some(there) if WriteIds::of(&there).contain(id) => Ok(next),
                there => Err(Conflict::Item(there.map(item::decode).transpose()?.map(Box::new))),
            },
            _ => Err(Conflict::Store(store)),
        }
    }

    /// Deletes an item that is still in the version that was read.
    ///
    /// A deleted item cannot say by whom it was deleted. `Conflict::Item(None)` therefore also results if the response to
    /// this call was lost: treat it as done.
    pub async fn delete<E: Entity<Context = C>>(&self, read: &Versioned<E>) -> Result<(), Conflict<E>> {
        let key = read.value.key();
        let call = meter::begin();
        let delete = self
            .client
            .delete_item()
            .table_name(&self.name)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", AttributeValue::N(read.version.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let reply = past_transactions(|| delete.clone().send()).await;
        call.count(Kind::Write, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let Err(error) = reply else { return Ok(()) };
        let store = StoreError::from_sdk(&error);
        match error.into_service_error() {
            DeleteItemError::ConditionalCheckFailedException(failed) => {
                Err(Conflict::Item(failed.item.map(item::decode).transpose()?.map(Box::new)))
            }
            _ => Err(Conflict::Store(store)),
        }
    }

    /// One page of a partition's items whose sort keys start with that of `prefix`, ascending or newest first. Items that
    /// cannot be read are left out and logged, so a page may be shorter; its cursor leads past them.
    pub async fn list<E: Entity<Context = C>>(
        &self,
        prefix: Key<C>,
        newest_first: bool,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<E>, StoreError> {
        self.query(prefix, newest_first, limit, after, Read::Eventual).await
    }

    /// The same with every write in it that was answered before; it costs twice as much. Strong lists are read to decide
    /// something, so an item that cannot be read is an error.
    pub async fn list_strong<E: Entity<Context = C>>(
        &self,
        prefix: Key<C>,
        newest_first: bool,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<E>, StoreError> {
        self.query(prefix, newest_first, limit, after, Read::Strong).await
    }

    pub(crate) async fn query<E: Entity<Context = C>>(
        &self,
        prefix: Key<C>,
        newest_first: bool,
        limit: u32,
        after: Option<Cursor>,
        read: Read,
    ) -> Result<Page<E>, StoreError> {
        refuse_empty(&prefix.sk)?;
        if is_foreign(after.as_ref(), &prefix.sk) {
            return Ok(Page::empty());
        }
        let start = after.map(|cursor| {
            [("pk".to_owned(), AttributeValue::S(prefix.pk.clone())), ("sk".to_owned(), AttributeValue::S(cursor.0))]
                .into()
        });
        let call = meter::begin();
        let reply = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(prefix.pk))
            .expression_attribute_values(":prefix", AttributeValue::S(prefix.sk))
            .scan_index_forward(!newest_first)
            .consistent_read(read == Read::Strong)
            .set_limit(i32::try_from(limit).ok())
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.count(Kind::Read, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        let (items, last) = (reply.items.unwrap_or_default(), reply.last_evaluated_key);
        let next = next(last.as_ref(), "sk");
        let items = match read {
            Read::Strong => items.into_iter().map(item::decode).collect::<Result<_, _>>()?,
            Read::Eventual => item::readable(items),
        };
        Ok(Page { items, next })
    }

    /// One page of the items that are listed under an index key, ascending or newest first.
    ///
    /// Items that cannot be read are left out, as in [`Self::list`]. Reads of the index are eventual. The sort keys of the index must be unique under one key: the cursor is one.
    pub async fn list_index<E: Entity<Context = C>>(
        &self,
        prefix: IndexKey<C>,
        newest_first: bool,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<E>, StoreError> {
        refuse_empty(&prefix.sk)?;
        if is_foreign(after.as_ref(), &prefix.sk) {
            return Ok(Page::empty());
        }
        // A cursor is a bound on the sort key instead of a start key: that would need the items' own keys, and trust in them.
        let bound = after.map(|cursor| cursor.0);
        let condition = match (&bound, newest_first) {
            (None, _) => "gsi1pk = :pk AND begins_with(gsi1sk, :from)",
            (Some(_), true) => "gsi1pk = :pk AND gsi1sk BETWEEN :from AND :bound",
            (Some(_), false) => "gsi1pk = :pk AND gsi1sk BETWEEN :bound AND :to",
        };
        let last = format!("{}\u{10ffff}", prefix.sk);
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("gsi1")
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", AttributeValue::S(prefix.pk))
            .scan_index_forward(!newest_first)
            // One more than asked for, since the bound itself is the last item of the page before.
            .set_limit(i32::try_from(limit + 1).ok())
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        query = match (&bound, newest_first) {
            (Some(_), false) => query.expression_attribute_values(":to", AttributeValue::S(last)),
            _ => query.expression_attribute_values(":from", AttributeValue::S(prefix.sk)),
        };
        if let Some(bound) = &bound {
            query = query.expression_attribute_values(":bound", AttributeValue::S(bound.clone()));
        }
        let call = meter::begin();
        let reply = query.send().await;
        call.count(Kind::Read, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        let mut items = reply.items.unwrap_or_default();
        let ended = reply.last_evaluated_key.is_none();
        items.retain(|item| sort_key(item, "gsi1sk") != bound.as_deref());
        let more = !ended || items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().cloned();
        Ok(Page { items: item::readable(items), next: next(last.as_ref().filter(|_| more), "gsi1sk") })
    }
}

/// Refuses an empty value in a condition on a sort key, as DynamoDB does. The local table of tests takes it.
pub(crate) fn refuse_empty(sort_key: &str) -> Result<(), StoreError> {
    let empty = || StoreError::Refused("a condition on a sort key has an empty value".to_owned());
    if sort_key.is_empty() { Err(empty()) } else { Ok(()) }
}

/// True for a cursor that this list cannot have given. DynamoDB would refuse one beyond the prefix, or answer with items
/// of another list of the same partition.
fn is_foreign(after: Option<&Cursor>, prefix: &str) -> bool {
    after.is_some_and(|cursor| !cursor.0.starts_with(prefix))
}

fn sort_key<'a>(item: &'a Attributes, attribute: &str) -> Option<&'a str> {
    item.get(attribute).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// The cursor of the page after the item with these attributes.
pub(crate) fn next(last: Option<&Attributes>, attribute: &str) -> Option<Cursor> {
    last.and_then(|key| sort_key(key, attribute)).map(|key| Cursor(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_sort_key_is_no_condition() {
        assert!(matches!(refuse_empty(""), Err(StoreError::Refused(_))));
        assert!(refuse_empty("day#").is_ok());
    }
}
