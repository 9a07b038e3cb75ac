//! What a function has left in the table, without what differs from one invocation to the next.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::TestTable;

use crate::agreement;

/// Attributes that are keys: their first words say what they are, the rest are ids and times.
const KEYS: [(&str, usize); 4] = [("pk", 2), ("sk", 1), ("gsi1pk", 2), ("gsi1sk", 1)];

/// The items in a table, each in its version.
pub struct Before(BTreeSet<String>);

impl Before {
    /// What is there now.
    pub async fn of(table: &TestTable) -> Self {
        Self(items(table).await.iter().map(name).collect())
    }

    /// The shapes of all items that were written since, in the order of their keys: every attribute and its kind, and within
    /// the outbox every event with its type.
    pub async fn since(&self, table: &TestTable) -> Vec<Value> {
        let written = items(table).await.into_iter().filter(|item| !self.0.contains(&name(item)));
        let mut shapes: Vec<Value> = written.map(|item| shape_of(&item)).collect();
        shapes.sort_by_key(ToString::to_string);
        shapes
    }
}

async fn items(table: &TestTable) -> Vec<Value> {
    table.items().await.into_iter().map(|item| serde_dynamo::from_item(item).expect("an item")).collect()
}

fn name(item: &Value) -> String {
    format!("{} {} {}", item["pk"], item["sk"], item["version"])
}

fn shape_of(item: &Value) -> Value {
    let mut shape = agreement::shape(item);
    for (key, words) in KEYS {
        if let Some(text) = item[key].as_str() {
            shape[key] = text.split('#').take(words).collect::<Vec<_>>().join("#").into();
        }
    }
    if let Some(text) = item["outbox"].as_str() {
        let events: Vec<Value> = serde_json::from_str(text).expect("events");
        let types: Vec<_> = events.iter().map(|event| event["type"].clone()).collect();
        shape["outbox"] = json!({ "types": types, "events": events.iter().map(agreement::shape).collect::<Vec<_>>() });
    }
    shape
}
