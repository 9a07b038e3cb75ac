//! Copies of what the catalog knows.

use contracts::catalog::PriceListChanged;
use dynamo::{Outcome, StoreError, Versioned};

use super::{Store, price_lists_key, variant_key};
use crate::domain::prices::PriceListCopies;
use crate::domain::variant_copy::VariantCopy;

impl Store {
    /// Adds what an event tells of a variant. False if it is no news.
    pub async fn keep_variant(&self, news: &VariantCopy) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<VariantCopy>>| news.after(known.map(|known| &known.value)).into();
        let outcome: Outcome<VariantCopy> = self.table.update(variant_key(news.variant_id), decide).await?;
        Ok(outcome.is_applied())
    }

    /// Stores a price list from an event. Returns false if the stored copy is as new or newer.
    pub async fn keep_price_list(&self, news: &PriceListChanged) -> Result<bool, StoreError> {
        let none = PriceListCopies::default();
        let decide = |known: Option<&Versioned<PriceListCopies>>| {
            known.map_or(&none, |known| &known.value).after(news.clone()).into()
        };
        let outcome: Outcome<PriceListCopies> = self.table.update(price_lists_key(), decide).await?;
        Ok(outcome.is_applied())
    }
}
