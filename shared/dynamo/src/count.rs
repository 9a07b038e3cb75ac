//! Counting, alone or within a transaction: amounts that many change at once, and that never leave their bounds.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

use crate::backoff::past_transactions;
use crate::item::{self, Attributes};
use crate::meter::{self, Kind};
use crate::write_id::WriteIds;
use crate::{Context, Entity, Outbox, StoreError, Table, Transaction};

/// Attributes that a count does not write as they stand in the item.
const NOT_SET: [&str; 3] = ["pk", "sk", "version"];

impl<C: Context> Transaction<C> {
    /// Adds: count a number of an item up or down, if it stays within `bounds`. An item that is not there is made, and
    /// counted from nothing; downwards only where the bounds allow less than nothing.
    ///
    /// It asks for no version, since counting commutes: who counts need not know how far it is. What `item` says of itself
    /// beside the number is written each time, and so must be the same each time.
    #[must_use]
    pub fn count<E>(self, item: &E, attribute: &str, by: i64, bounds: RangeInclusive<i64>) -> Self
    where
        E: Entity<Context = C>,
    {
        self.count_all(item, &[Count { attribute, by, bounds }])
    }

    /// [`Transaction::count`] for several numbers of one item at once.
    #[must_use]
    pub fn count_all<E>(mut self, item: &E, counts: &[Count<'_>]) -> Self
    where
        E: Entity<Context = C>,
    {
        let update = encode(item).and_then(|item| counting(&self.table.name, item, counts));
        match update {
            Ok(update) => self.writes.push(TransactWriteItem::builder().update(update).build()),
            Err(error) => self.broken = Some(error),
        }
        self
    }
}

/// A change of one number of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count<'a> {
    /// The attribute with the number. An absent attribute counts as zero, except for a decrease whose result alone would be out of bounds,
    /// and for one that requires exactly one result.
    pub attribute: &'a str,
    /// The change. Zero changes nothing and checks the bounds only.
    pub by: i64,
    /// The bounds of the result. Bounds of a single number require exactly that result.
    pub bounds: RangeInclusive<i64>,
}

impl Count<'_> {
    /// The condition on the current number, named `#c<at>`, so that the result is within the bounds.
    fn condition(&self, at: usize) -> String {
        let absent = format!("attribute_not_exists(#c{at})");
        let exact = self.bounds.start() == self.bounds.end();
        match (self.bound(), self.by < 0) {
            (0, false) if exact => format!("({absent} OR #c{at} = :b{at})"),
            _ if exact => format!("#c{at} = :b{at}"),
            (_, true) if *self.bounds.start() <= self.by => format!("({absent} OR #c{at} >= :b{at})"),
            (_, true) => format!("#c{at} >= :b{at}"),
            (_, false) => format!("({absent} OR #c{at} <= :b{at})"),
        }
    }

    /// The bound of the current number, from which the change does not leave the bounds.
    fn bound(&self) -> i64 {
        let bound = if self.by < 0 { self.bounds.start() } else { self.bounds.end() };
        bound.saturating_sub(self.by)
    }
}

impl<C: Context> Table<C> {
    /// [`Transaction::count`] in a write of its own. Returns the new number, or none if it would leave `bounds`.
    ///
    /// If a response is lost, the SDK repeats the request and the same thing is counted twice. That suits limits, which then
    /// err on the strict side. Where each count matters, use a transaction.
    pub async fn count_within<E>(
        &self,
        item: &E,
        attribute: &str,
        by: i64,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<i64>, StoreError>
    where
        E: Entity<Context = C>,
    {
        let count = Count { attribute, by, bounds };
        let update = counting(&self.name, encode(item)?, &[count])?;
        let call = meter::begin();
        let count = self
            .client
            .update_item()
            .table_name(update.table_name)
            .set_key(Some(update.key))
            .update_expression(update.update_expression)
            .set_condition_expression(update.condition_expression)
            .set_expression_attribute_names(update.expression_attribute_names)
            .set_expression_attribute_values(update.expression_attribute_values)
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let reply = past_transactions(|| count.clone().send()).await;
        call.count(Kind::Write, reply.iter().filter_map(|reply| reply.consumed_capacity()));
        match reply {
            Ok(reply) => {
                let number = reply.attributes.as_ref().and_then(|item| item.get(attribute));
                let number = number.and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok());
                number.map(Some).ok_or_else(|| StoreError::Refused("a counter has no value".into()))
            }
            Err(error) => {
                let store = StoreError::from_sdk(&error);
                match error.into_service_error() {
                    UpdateItemError::ConditionalCheckFailedException(_) => Ok(None),
                    _ => Err(store),
                }
            }
        }
    }
}

/// What an item says of itself. Its last writes are not known here, and a count does not change them.
fn encode<E: Entity>(item: &E) -> Result<Attributes, StoreError> {
    item::encode(item, 1, &Outbox::none(), &WriteIds::default())
}

fn counting(table: &str, mut item: Attributes, counts: &[Count<'_>]) -> Result<Update, StoreError> {
    let key: Attributes = ["pk", "sk"].into_iter().filter_map(|name| item.remove_entry(name)).collect();
    let is_counted = |name: &str| counts.iter().any(|count| count.attribute == name);
    item.retain(|name, _| !NOT_SET.contains(&name.as_str()) && !is_counted(name));
    let number = |number: i64| AttributeValue::N(number.to_string());
    let conditions: Vec<_> = counts.iter().enumerate().map(|(at, count)| count.condition(at)).collect();
    let mut update = Update::builder()
        .table_name(table)
        .set_key(Some(key))
        .condition_expression(conditions.join(" AND "))
        .expression_attribute_values(":one", number(1))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let mut adds = Vec::new();
    for (at, count) in counts.iter().enumerate() {
        adds.push(format!("#c{at} :by{at}"));
        update = update
            .expression_attribute_names(format!("#c{at}"), count.attribute)
            .expression_attribute_values(format!(":by{at}"), number(count.by))
            .expression_attribute_values(format!(":b{at}"), number(count.bound()));
    }
    let mut sets = Vec::new();
    // Sorted, so that the same count is the same request.
    let attributes: BTreeMap<_, _> = item.into_iter().collect();
    for (position, (name, value)) in attributes.into_iter().enumerate() {
        sets.push(format!("#s{position} = :s{position}"));
        update = update
            .expression_attribute_names(format!("#s{position}"), name)
            .expression_attribute_values(format!(":s{position}"), value);
    }
    let set = if sets.is_empty() { String::new() } else { format!(" SET {}", sets.join(", ")) };
    update
        .update_expression(format!("ADD {}, version :one{set}", adds.join(", ")))
        .build()
        .map_err(|error| StoreError::Refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(by: i64, bounds: RangeInclusive<i64>) -> String {
        Count { attribute: "n", by, bounds }.condition(0)
    }

    #[test]
    fn an_absent_number_is_decreased_only_where_the_bounds_allow_it() {
        assert_eq!(condition(-1, 0..=10), "#c0 >= :b0");
        assert_eq!(condition(-5, -4..=10), "#c0 >= :b0");
        assert_eq!(condition(-5, -5..=10), "(attribute_not_exists(#c0) OR #c0 >= :b0)");
        assert_eq!(condition(1, 0..=10), "(attribute_not_exists(#c0) OR #c0 <= :b0)");
        assert_eq!(condition(-1, 0..=0), "#c0 = :b0");
    }
}
