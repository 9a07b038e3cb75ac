//! The insights of the last whole week.

use dynamo::{Entity, Key, Outbox, Read, StoreError, Versioned, is_written};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Analytics, Store};
use crate::domain::insight::Insight;

/// What the rules found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightList {
    /// When the rules looked.
    pub as_of: Timestamp,
    /// What they found.
    pub insights: Vec<Insight>,
}

impl Entity for InsightList {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        insights_key()
    }
}

fn insights_key() -> Key<Analytics> {
    Key::new("insights", "all", "current")
}

impl Store {
    /// Reads the insights; `None` before the rules have looked for the first time.
    pub async fn insights(&self) -> Result<Option<Versioned<InsightList>>, StoreError> {
        self.table.get(insights_key(), Read::Eventual).await
    }

    /// Stores insights, unless there are newer ones. False if there are.
    pub async fn store_insights(&self, list: InsightList) -> Result<bool, StoreError> {
        let read = self.table.get::<InsightList>(insights_key(), Read::Strong).await?;
        let written = match read {
            Some(newer) if newer.value.as_of >= list.as_of => return Ok(false),
            Some(read) => self.table.replace(&read, list, &Outbox::none()).await,
            None => self.table.create(list, &Outbox::none()).await,
        };
        // Another run of the schedule was faster; it saw the same days.
        is_written(written)
    }
}
