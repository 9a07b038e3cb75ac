//! Very many items of a kind: copies of what a context wrote itself, put into the table past its front door.

use dynoxide::{Database, ImportOptions, Item};
use serde_json::json;

use crate::TestTable;

/// Items as they lie in the table, of which copies can be made. Each is its text in DynamoDB's JSON, since a copy differs
/// in ids and times only, wherever in its keys and attributes they are.
#[derive(Debug, Clone, Default)]
pub struct Template(Vec<String>);

impl Template {
    /// Items in DynamoDB's JSON.
    pub fn of(items: impl IntoIterator<Item = serde_json::Value>) -> Self {
        Self(items.into_iter().map(|item| item.to_string()).collect())
    }

    /// A copy where other texts stand in the place of some. Items that none of them are in stay what they were, and are
    /// left out: they are in the table already.
    #[must_use]
    pub fn copy(&self, swaps: &[(String, String)]) -> Self {
        let swapped = |item: &String| {
            let mut copy = item.clone();
            for (from, to) in swaps {
                copy = copy.replace(from, to);
            }
            (copy != *item).then_some(copy)
        };
        Self(self.0.iter().filter_map(swapped).collect())
    }

    /// The items that have one of these texts in them.
    #[must_use]
    pub fn with(&self, texts: &[&str]) -> Self {
        let has_one = |item: &&String| texts.iter().any(|text| item.contains(text));
        Self(self.0.iter().filter(has_one).cloned().collect())
    }

    /// These items, and others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// How many items it has.
    pub fn items(&self) -> usize {
        self.0.len()
    }
}

/// The database itself, beside its address.
#[derive(Clone)]
pub(crate) struct Engine(pub(crate) Database);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// Raises the version of an item.
    pub fn touch(&self, key: &serde_json::Value) {
        let asked = serde_json::from_value(json!({
            "TableName": TestTable::name(),
            "Key": key,
            "UpdateExpression": "ADD version :one",
            "ExpressionAttributeValues": { ":one": { "N": "1" } },
        }));
        self.0.update_item(asked.expect("an update")).expect("an item");
    }

    /// All items of a small table.
    fn items(&self) -> Vec<Item> {
        let asked = serde_json::from_value(json!({ "TableName": TestTable::name() })).expect("a scan");
        let found = self.0.scan(asked).expect("items");
        assert!(found.last_evaluated_key.is_none(), "templates are taken before the table is filled");
        found.items.unwrap_or_default()
    }
}

impl TestTable {
    /// What some work answers, and what it writes. The table is small still: all of it is read before and after.
    pub async fn written_by<T>(&self, work: impl Future<Output = T>) -> (T, Template) {
        let before = self.engine.items();
        let answer = work.await;
        let mut written = self.engine.items();
        written.retain(|item| !before.contains(item));
        let texts = written.iter().map(|item| serde_json::to_string(item).expect("JSON"));
        (answer, Template(texts.collect()))
    }

    /// Puts items there as they are: nothing is asked, counted or told of. What has the same key is replaced.
    pub fn fill(&self, items: impl IntoIterator<Item = Template>) {
        let texts = items.into_iter().flat_map(|template| template.0);
        let items = texts.map(|text| serde_json::from_str(&text).expect("an item")).collect();
        self.engine.0.import_items(Self::name(), items, ImportOptions::default()).expect("an import");
    }
}
