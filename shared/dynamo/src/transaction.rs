//! Several conditional writes that all happen or none does.

use std::fmt::Display;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};

use crate::item::{self, Attributes};
use crate::meter::{self, Kind};
use crate::write_id::WriteIds;
use crate::{Context, Entity, Key, Outbox, StoreError, Table, Versioned, backoff};

/// How often a transaction is tried that meets another one on the same items.
const MAX_ATTEMPTS: u32 = 8;

/// The most writes and conditions of one transaction (DynamoDB's own bound).
pub const MAX_TRANSACTION_WRITES: usize = 100;

/// Writes of context `C`, in the order in which a cancellation names them.
pub struct Transaction<C> {
    pub(crate) table: Table<C>,
    pub(crate) writes: Vec<TransactWriteItem>,
    pub(crate) broken: Option<StoreError>,
}

/// A value that an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A text, such as an id.
    Text(String),
    /// True or false.
    Flag(bool),
}

impl Scalar {
    /// The text of a value.
    pub fn text(value: impl Display) -> Self {
        Self::Text(value.to_string())
    }

    fn to_attribute(&self) -> AttributeValue {
        match self {
            Self::Text(text) => AttributeValue::S(text.clone()),
            Self::Flag(flag) => AttributeValue::Bool(*flag),
        }
    }
}

/// Why a transaction did not happen.
#[derive(Debug)]
pub enum TransactionError {
    /// A condition did not hold.
    Cancelled(Cancelled),
    /// The table itself failed, or others held the items for too long.
    Store(StoreError),
}

impl From<StoreError> for TransactionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl TransactionError {
    /// True if others held the items, which says nothing about the conditions: read again and decide again.
    pub fn is_contended(&self) -> bool {
        matches!(self, Self::Store(StoreError::Contended { .. }))
    }
}

/// Which conditions did not hold.
#[derive(Debug)]
pub struct Cancelled(Vec<Option<Attributes>>);

impl Cancelled {
    /// True if the condition of the write number `index` did not hold.
    pub fn failed(&self, index: usize) -> bool {
        self.0.get(index).is_some_and(Option::is_some)
    }

    /// The item that stood in the way of write number `index`, if one did.
    pub fn item<E: Entity>(&self, index: usize) -> Result<Option<Versioned<E>>, StoreError> {
        match self.0.get(index) {
            Some(Some(item)) if !item.is_empty() => item::decode(item.clone()).map(Some),
            _ => Ok(None),
        }
    }
}

impl<C: Context> Table<C> {
    /// Starts a transaction.
    pub fn transaction(&self) -> Transaction<C> {
        Transaction { table: self.clone(), writes: Vec::new(), broken: None }
    }
}

impl<C: Context> Transaction<C> {
    /// Number of writes and conditions so far, which is the index of the next one.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// True if it has neither writes nor conditions.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Adds: write a new item, unless one stands there.
    #[must_use]
    pub fn create<E: Entity<Context = C>>(self, entity: &E, outbox: &Outbox) -> Self {
        self.put(entity, None::<&Versioned<E>>, outbox)
    }

    /// Adds: replace an item that is still in the version that was read.
    #[must_use]
    pub fn replace<E: Entity<Context = C>>(self, read: &Versioned<E>, entity: &E, outbox: &Outbox) -> Self {
        self.put(entity, Some(read), outbox)
    }

    /// Adds: delete an item that is still in the version that was read.
    #[must_use]
    pub fn delete<E: Entity<Context = C>>(self, read: &Versioned<E>) -> Self {
        self.delete_while(read, &[])
    }

    /// Adds: delete an item that is still in the version that was read, and whose attributes have these values: for a version
    /// that was not read but follows from something else, so that another item in the same version is not deleted.
    #[must_use]
    pub fn delete_while<E: Entity<Context = C>>(mut self, read: &Versioned<E>, values: &[(&str, Scalar)]) -> Self {
        let key = read.value.key();
        let mut delete = Delete::builder()
            .table_name(&self.table.name)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .expression_attribute_values(":read", AttributeValue::N(read.version.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut conditions = vec!["version = :read".to_owned()];
        for (at, (name, value)) in values.iter().enumerate() {
            conditions.push(format!("#h{at} = :h{at}"));
            delete = delete
                .expression_attribute_names(format!("#h{at}"), *name)
                .expression_attribute_values(format!(":h{at}"), value.to_attribute());
        }
        match delete.condition_expression(conditions.join(" AND ")).build() {
            Ok(delete) => self.writes.push(TransactWriteItem::builder().delete(delete).build()),
            Err(error) => self.broken = Some(StoreError::Refused(error.to_string())),
        }
        self
    }

    /// Adds: only while an item is still in the version that was read, which it stays in.
    #[must_use]
    pub fn unchanged<E: Entity<Context = C>>(self, read: &Versioned<E>) -> Self {
        self.check(read.value.key(), "version = :read", Some(read.version))
    }

    /// Adds: only while no item stands there.
    #[must_use]
    pub fn absent(self, key: Key<C>) -> Self {
        self.check(key, "attribute_not_exists(pk)", None)
    }

    /// Adds: only while an item is there and its attributes have these values.
    #[must_use]
    pub fn holds(mut self, key: Key<C>, values: &[(&str, Scalar)]) -> Self {
        let mut check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut conditions = vec!["attribute_exists(pk)".to_owned()];
        for (at, (name, value)) in values.iter().enumerate() {
            conditions.push(format!("#h{at} = :h{at}"));
            check = check
                .expression_attribute_names(format!("#h{at}"), *name)
                .expression_attribute_values(format!(":h{at}"), value.to_attribute());
        }
        match check.condition_expression(conditions.join(" AND ")).build() {
            Ok(check) => self.writes.push(TransactWriteItem::builder().condition_check(check).build()),
            Err(error) => self.broken = Some(StoreError::Refused(error.to_string())),
        }
        self
    }

    /// Adds: only while an attribute of an item has another value than this. An absent item or attribute has another value.
    #[must_use]
    pub fn differs(mut self, key: Key<C>, attribute: &str, value: &Scalar) -> Self {
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .condition_expression("attribute_not_exists(#d) OR #d <> :d")
            .expression_attribute_names("#d", attribute)
            .expression_attribute_values(":d", value.to_attribute())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        match check {
            Ok(check) => self.writes.push(TransactWriteItem::builder().condition_check(check).build()),
            Err(error) => self.broken = Some(StoreError::Refused(error.to_string())),
        }
        self
    }

    fn check(mut self, key: Key<C>, condition: &str, read: Option<u64>) -> Self {
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .condition_expression(condition)
            .set_expression_attribute_values(read.map(version_read))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        match check {
            Ok(check) => self.writes.push(TransactWriteItem::builder().condition_check(check).build()),
            Err(error) => self.broken = Some(StoreError::Refused(error.to_string())),
        }
        self
    }

    fn put<E: Entity<Context = C>>(mut self, entity: &E, read: Option<&Versioned<E>>, outbox: &Outbox) -> Self {
        let none = WriteIds::default();
        let (version, write_ids) = read.map_or((0, &none), |read| (read.version, &read.write_ids));
        let put = item::encode(entity, version + 1, outbox, write_ids).and_then(|item| {
            Put::builder()
                .table_name(&self.table.name)
                .set_item(Some(item))
                .condition_expression(if read.is_some() { "version = :read" } else { "attribute_not_exists(pk)" })
                .set_expression_attribute_values(read.map(|read| version_read(read.version)))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .build()
                .map_err(|error| StoreError::Refused(error.to_string()))
        });
        match put {
            Ok(put) => self.writes.push(TransactWriteItem::builder().put(put).build()),
            Err(error) => self.broken = Some(error),
        }
        self
    }

    /// Commits all writes or none. If a response was lost, DynamoDB recognises the repeated request by its token.
    ///
    /// A conflict with another transaction says nothing about the conditions, so the transaction is sent again, as a new one.
    /// One that is still in progress is the same transaction: it is sent again with its token.
    pub async fn commit(self) -> Result<(), TransactionError> {
        self.commit_and(OnConflict::Resend).await
    }

    /// [`Self::commit`] for callers who read and decide again after a conflict with another transaction: that is
    /// [`StoreError::Contended`] at once.
    pub async fn commit_once(self) -> Result<(), TransactionError> {
        self.commit_and(OnConflict::Return).await
    }

    async fn commit_and(self, on_conflict: OnConflict) -> Result<(), TransactionError> {
        if let Some(error) = self.broken {
            return Err(error.into());
        }
        let mut token = types::new_uuid();
        for attempt in 1..=MAX_ATTEMPTS {
            match send(&self.table, &self.writes, token).await? {
                Attempt::Done => return Ok(()),
                Attempt::Cancelled(cancelled) => return Err(TransactionError::Cancelled(cancelled)),
                Attempt::Conflict => match on_conflict {
                    OnConflict::Resend => token = types::new_uuid(),
                    OnConflict::Return => return Err(StoreError::Contended { attempts: attempt }.into()),
                },
                Attempt::InProgress => {}
            }
            tokio::time::sleep(backoff(attempt)).await;
        }
        Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
    }
}

/// The value that a condition compares an item's version with.
fn version_read(version: u64) -> Attributes {
    [(":read".to_owned(), AttributeValue::N(version.to_string()))].into()
}

/// What to do after a conflict with another transaction.
#[derive(Clone, Copy)]
enum OnConflict {
    Resend,
    Return,
}

enum Attempt {
    Done,
    Cancelled(Cancelled),
    /// Another transaction held one of the items. Nothing was written.
    Conflict,
    /// An earlier request with the same token is still being processed.
    InProgress,
}

async fn send<C: Context>(
    table: &Table<C>,
    writes: &[TransactWriteItem],
    token: types::Uuid,
) -> Result<Attempt, StoreError> {
    let call = meter::begin();
    let request = table
        .client
        .transact_write_items()
        .set_transact_items(Some(writes.to_vec()))
        .client_request_token(token.to_string())
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    let reply = Box::pin(request.send()).await;
    call.count(
        Kind::Write,
        reply
            .iter()
            .flat_map(aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsOutput::consumed_capacity),
    );
    let Err(error) = reply else { return Ok(Attempt::Done) };
    let store = StoreError::from_sdk(&error);
    match error.into_service_error() {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            judge(cancelled.cancellation_reasons.unwrap_or_default())
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Ok(Attempt::InProgress),
        _ => Err(store),
    }
}

fn judge(reasons: Vec<CancellationReason>) -> Result<Attempt, StoreError> {
    let has = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    if has("ConditionalCheckFailed") {
        let items = reasons
            .into_iter()
            .map(|reason| (reason.code() == Some("ConditionalCheckFailed")).then(|| reason.item.unwrap_or_default()))
            .collect();
        Ok(Attempt::Cancelled(Cancelled(items)))
    } else if has("TransactionConflict") {
        Ok(Attempt::Conflict)
    } else if has("ThrottlingError") || has("ProvisionedThroughputExceeded") {
        Err(StoreError::Throttled("the transaction was throttled".into()))
    } else {
        Err(StoreError::Refused(format!("{:?}", reasons.iter().map(CancellationReason::code).collect::<Vec<_>>())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_failed_condition_outranks_a_conflict() {
        let judged = judge(vec![reason("TransactionConflict"), reason("ConditionalCheckFailed")]);
        assert!(matches!(judged, Ok(Attempt::Cancelled(cancelled)) if cancelled.failed(1) && !cancelled.failed(0)));
    }

    #[test]
    fn conflicts_are_retried_and_throttling_is_reported() {
        assert!(matches!(judge(vec![reason("None"), reason("TransactionConflict")]), Ok(Attempt::Conflict)));
        assert!(matches!(judge(vec![reason("ThrottlingError")]), Err(StoreError::Throttled(_))));
        assert!(matches!(judge(vec![reason("ValidationError")]), Err(StoreError::Refused(_))));
    }
}
