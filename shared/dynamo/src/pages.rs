//! Lists that are read whole, up to a bound.

use crate::{Context, Entity, Key, Read, StoreError, Table, Versioned};

/// The first pages of a list.
#[derive(Debug, Clone)]
pub struct Pages<E> {
    /// The entities, in the order of their sort keys.
    pub items: Vec<Versioned<E>>,
    /// Whether the list may have more.
    pub more: bool,
}

impl<C: Context> Table<C> {
    /// Reads at most `max_pages` pages of `limit` items, ascending, from the beginning of what [`Table::list`] or
    /// [`Table::list_strong`] returns.
    pub async fn list_pages<E: Entity<Context = C>>(
        &self,
        prefix: &Key<C>,
        limit: u32,
        max_pages: usize,
        read: Read,
    ) -> Result<Pages<E>, StoreError> {
        let (mut items, mut after) = (Vec::new(), None);
        for _ in 0..max_pages {
            let page = self.query::<E>(prefix.clone(), false, limit, after, read).await?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(Pages { items, more: false });
            }
        }
        Ok(Pages { items, more: true })
    }
}
