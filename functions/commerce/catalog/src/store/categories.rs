//! Categories, their tree, and their lists of products.

use dynamo::{Cursor, Key, Outbox, Page, Read, StoreError, Versioned, is_written};

use super::{Catalog, Store, children_index};
use crate::domain::category::{Category, CategoryEntry};
use crate::domain::names::Slug;
use crate::domain::tree::CategoryTree;

/// A category with the tree, as they were read.
#[derive(Debug)]
pub struct InTree {
    /// The category, or what is left of it.
    pub category: Option<Versioned<Category>>,
    /// The tree.
    pub tree: Option<Versioned<CategoryTree>>,
}

impl InTree {
    /// Returns the tree, which is empty before the first category.
    pub fn tree(&self) -> CategoryTree {
        self.tree.as_ref().map(|tree| tree.value.clone()).unwrap_or_default()
    }
}

impl Store {
    /// Reads a category; none if it was deleted.
    pub async fn category(&self, slug: &Slug) -> Result<Option<Versioned<Category>>, StoreError> {
        let found = self.table.get::<Category>(category_key(slug), Read::Eventual).await?;
        Ok(found.filter(|category| !category.value.removed))
    }

    /// Reads a category and the tree in one round trip.
    pub async fn category_in_tree(&self, slug: &Slug) -> Result<InTree, StoreError> {
        let mut found = self.table.get_many(vec![category_key(slug), tree_key()], Read::Strong).await?;
        Ok(InTree { category: found.take(category_key(slug))?, tree: found.take(tree_key())? })
    }

    /// Reads a page of the categories of a parent, or of those at the top, by position.
    pub async fn children(
        &self,
        parent: Option<&Slug>,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Category>, StoreError> {
        self.table.list_index(children_index(parent, "child#".to_owned()), false, limit, after).await
    }

    /// Reads a category and a page of its published products, newest first, in one round trip.
    pub async fn category_products(
        &self,
        slug: &Slug,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Option<Page<CategoryEntry>>, StoreError> {
        let entries = self.table.list(Key::new("category", slug, "product#"), true, limit, after);
        let (category, entries) = futures::join!(self.category(slug), entries);
        Ok(category?.is_some().then_some(entries?))
    }

    /// Writes a category, and the tree if its structure changes. False if something is not as it was read.
    pub async fn write_category(
        &self,
        read: &InTree,
        next: &Category,
        tree: Option<&CategoryTree>,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction();
        let transaction = match &read.category {
            Some(category) => transaction.replace(category, next, outbox),
            None => transaction.create(next, outbox),
        };
        let transaction = match (tree, &read.tree) {
            (None, _) => transaction,
            (Some(tree), Some(read)) => transaction.replace(read, tree, &Outbox::none()),
            (Some(tree), None) => transaction.create(tree, &Outbox::none()),
        };
        is_written(transaction.commit().await)
    }
}

pub(super) fn category_key(slug: &Slug) -> Key<Catalog> {
    Key::new("category", slug, "category")
}

pub(super) fn tree_key() -> Key<Catalog> {
    Key::new("tree", "all", "tree")
}
