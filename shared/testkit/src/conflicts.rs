//! The rule of DynamoDB that the embedded one does not know: of two transactions that touch one item at the same time,
//! the second is cancelled with `TransactionConflict`, and a single write of such an item is refused with
//! `TransactionConflictException`.
//!
//! The embedded one answers one after the other, and in no time. This front holds the items of each transaction for as long as
//! DynamoDB takes for one, and refuses writes that need them meanwhile.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::front::{Request, Rule, Upstream, response};

/// How long a transaction holds its items.
pub(crate) const TRANSACTION: Duration = Duration::from_millis(20);

/// Items that transactions under way hold.
#[derive(Default)]
pub(crate) struct Conflicts(Mutex<HashSet<String>>);

impl Rule for Conflicts {
    async fn answer(&self, upstream: &mut Upstream, request: Request) -> Option<Vec<u8>> {
        let held = match self.admit(request.operation(), &request.parameters()) {
            Ok(held) => held,
            Err(refusal) => return Some(response("400 Bad Request", &refusal)),
        };
        let answer = upstream.send(&request.bytes()).await;
        if held.is_some() {
            tokio::time::sleep(TRANSACTION).await;
        }
        answer
    }
}

impl Conflicts {
    /// Returns what a transaction holds until it ends, or the body of the response to a write that meets another one.
    pub(crate) fn admit(&self, operation: &str, parameters: &Value) -> Result<Option<Held<'_>>, Value> {
        match operation {
            "TransactWriteItems" => self.hold(items(parameters)).map(Some).map_err(|met| cancelled(&met)),
            "PutItem" | "UpdateItem" | "DeleteItem" => {
                let is_held = key(parameters).is_some_and(|item| self.held().contains(&item));
                if is_held { Err(refused()) } else { Ok(None) }
            }
            _ => Ok(None),
        }
    }

    /// Holds all items, or says which of them are held by others.
    fn hold(&self, items: Vec<String>) -> Result<Held<'_>, Vec<bool>> {
        let mut held = self.held();
        if items.iter().any(|item| held.contains(item)) {
            return Err(items.iter().map(|item| held.contains(item)).collect());
        }
        held.extend(items.iter().cloned());
        drop(held);
        Ok(Held { conflicts: self, items })
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Items of a transaction. They are free again when this is dropped: also if the client gives up the request.
pub(crate) struct Held<'a> {
    conflicts: &'a Conflicts,
    items: Vec<String>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.conflicts.held().retain(|item| !self.items.contains(item));
    }
}

/// The keys of a transaction's items, in its order.
fn items(request: &Value) -> Vec<String> {
    let writes = request["TransactItems"].as_array().cloned().unwrap_or_default();
    let of_write = |write: &Value| key(write.as_object()?.values().next()?);
    writes.iter().filter_map(of_write).collect()
}

/// The key of a write's item.
fn key(write: &Value) -> Option<String> {
    let key = if write["Key"].is_null() { &write["Item"] } else { &write["Key"] };
    key.is_object().then(|| format!("{} {}", key["pk"]["S"], key["sk"]["S"]))
}

/// The body of the response to a single write that met a transaction.
fn refused() -> Value {
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionConflictException";
    json!({ "__type": kind, "message": "Transaction is ongoing for the item" })
}

/// The body of the response to a transaction that met others at these items.
fn cancelled(met: &[bool]) -> Value {
    let reasons: Vec<_> = met
        .iter()
        .map(|met| if *met { json!({ "Code": "TransactionConflict" }) } else { json!({ "Code": "None" }) })
        .collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    json!({ "__type": kind, "message": "Transaction cancelled", "CancellationReasons": reasons })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_item(sort: &str) -> Value {
        json!({ "Key": { "pk": { "S": "a" }, "sk": { "S": sort } } })
    }

    #[test]
    fn items_of_a_transaction_are_held_until_it_ends_or_is_dropped() {
        let conflicts = Conflicts::default();
        let transaction =
            json!({ "TransactItems": [{ "Delete": of_item("1") }, { "Put": { "Item": of_item("2")["Key"] } }] });
        let held = conflicts.admit("TransactWriteItems", &transaction).ok().flatten().expect("free items");
        for operation in ["PutItem", "UpdateItem", "DeleteItem"] {
            let refusal = conflicts.admit(operation, &of_item("2")).err().expect("a held item");
            assert!(refusal["__type"].as_str().is_some_and(|kind| kind.ends_with("#TransactionConflictException")));
            assert!(conflicts.admit(operation, &of_item("3")).is_ok());
        }
        let refusal = conflicts.admit("TransactWriteItems", &transaction).err().expect("held items");
        assert_eq!(refusal["CancellationReasons"][1]["Code"], "TransactionConflict");
        assert!(conflicts.admit("GetItem", &of_item("1")).is_ok());
        drop(held);
        assert!(conflicts.admit("PutItem", &of_item("1")).is_ok());
        assert!(conflicts.admit("TransactWriteItems", &transaction).is_ok());
    }
}
