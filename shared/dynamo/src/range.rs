//! Ranges of the index.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use crate::item;
use crate::meter::{self, Kind};
use crate::table::{next, refuse_empty};
use crate::{Context, Entity, IndexKey, Page, StoreError, Table};

impl<C: Context> Table<C> {
    /// The first items of the index from one key to another of the same partition, both included. Where there are more,
    /// the page says so. May miss the last second. Items that cannot be read are left out, as in [`Table::list`].
    pub async fn list_index_between<E: Entity<Context = C>>(
        &self,
        first: IndexKey<C>,
        last: IndexKey<C>,
        limit: u32,
    ) -> Result<Page<E>, StoreError> {
        refuse_empty(&first.sk)?;
        refuse_empty(&last.sk)?;
        let call = meter::begin();
        let reply = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :pk AND gsi1sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(first.pk))
            .expression_attribute_values(":first", AttributeValue::S(first.sk))
            .expression_attribute_values(":last", AttributeValue::S(last.sk))
            .set_limit(i32::try_from(limit).ok())
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        call.count(Kind::Read, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        let reply = reply.map_err(|error| StoreError::from_sdk(&error))?;
        let next = next(reply.last_evaluated_key.as_ref(), "gsi1sk");
        Ok(Page { items: item::readable(reply.items.unwrap_or_default()), next })
    }
}
