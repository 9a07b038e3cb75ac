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
        let is_transaction = request.operation() == "TransactWriteItems";
        let wanted = if is_transaction { items(&request.parameters()) } else { Vec::new() };
        if let Err(met) = self.hold(&wanted) {
            return Some(response("400 Bad Request", &cancelled(&met)));
        }
        let is_write = ["PutItem", "UpdateItem", "DeleteItem"].contains(&request.operation());
        if is_write && key(&request.parameters()).is_some_and(|item| self.held().contains(&item)) {
            return Some(refused());
        }
        let answer = upstream.send(&request.bytes()).await;
        if !wanted.is_empty() {
            tokio::time::sleep(TRANSACTION).await;
        }
        self.release(&wanted);
        answer
    }
}

impl Conflicts {
    /// Holds all items, or says which of them are held by others.
    pub(crate) fn hold(&self, wanted: &[String]) -> Result<(), Vec<bool>> {
        let mut held = self.held();
        if wanted.iter().any(|item| held.contains(item)) {
            return Err(wanted.iter().map(|item| held.contains(item)).collect());
        }
        held.extend(wanted.iter().cloned());
        Ok(())
    }

    /// Ends a transaction that held these items.
    pub(crate) fn release(&self, wanted: &[String]) {
        self.held().retain(|item| !wanted.contains(item));
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys of a transaction's items, in its order.
pub(crate) fn items(request: &Value) -> Vec<String> {
    let writes = request["TransactItems"].as_array().cloned().unwrap_or_default();
    let of_write = |write: &Value| key(write.as_object()?.values().next()?);
    writes.iter().filter_map(of_write).collect()
}

/// The key of a write's item.
fn key(write: &Value) -> Option<String> {
    let key = if write["Key"].is_null() { &write["Item"] } else { &write["Key"] };
    key.is_object().then(|| format!("{} {}", key["pk"]["S"], key["sk"]["S"]))
}

fn refused() -> Vec<u8> {
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionConflictException";
    response("400 Bad Request", &json!({ "__type": kind, "message": "Transaction is ongoing for the item" }))
}

/// The body of the response to a transaction that met others at these items.
pub(crate) fn cancelled(met: &[bool]) -> Value {
    let reasons: Vec<_> = met
        .iter()
        .map(|met| if *met { json!({ "Code": "TransactionConflict" }) } else { json!({ "Code": "None" }) })
        .collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    json!({ "__type": kind, "message": "Transaction cancelled", "CancellationReasons": reasons })
}
