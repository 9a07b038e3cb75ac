//! Copies of what the catalog knows.

use dynamo::{Outcome, StoreError};

use super::{Store, variant_key};
use crate::domain::variant_copy::VariantCopy;

impl Store {
    /// Adds what an event tells of a variant. False if it is no news.
    pub async fn keep_variant(&self, news: &VariantCopy) -> Result<bool, StoreError> {
        let decide =
            |known: Option<&dynamo::Versioned<VariantCopy>>| news.after(known.map(|known| &known.value)).into();
        let outcome: Outcome<VariantCopy> = self.table.update(variant_key(news.variant_id), decide).await?;
        Ok(outcome.is_applied())
    }
}
