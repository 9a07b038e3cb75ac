//! Categories, and the products that they list.

use contracts::catalog::CategoryChanged;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::ProductId;

use super::names::Slug;

/// Maximum length of a category's title in characters.
pub const MAX_CATEGORY_TITLE_CHARS: usize = 100;
/// Maximum length of a category's description in characters.
pub const MAX_CATEGORY_DESCRIPTION_CHARS: usize = 500;
/// Highest position among the categories of one parent.
pub const MAX_POSITION: u32 = 9_999;

/// What can be changed of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryDetails {
    /// Title.
    pub title: String,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The category that it is below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Slug>,
    /// Position among the categories of its parent, from 0.
    pub position: u32,
}

/// A category, or what is left of a deleted one: its version goes on if it is created again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Slug, which never changes.
    pub slug: Slug,
    /// The rest.
    pub details: CategoryDetails,
    /// True once it was deleted.
    pub removed: bool,
}

impl Category {
    /// A category.
    pub fn new(slug: Slug, details: CategoryDetails) -> Self {
        Self { slug, details, removed: false }
    }

    /// Returns what is left of it after its deletion.
    #[must_use]
    pub fn deleted(&self) -> Self {
        Self { removed: true, ..self.clone() }
    }

    /// Returns the fact that it became this in a revision.
    pub fn fact(&self, revision: u64) -> CategoryChanged {
        CategoryChanged {
            slug: self.slug.to_string(),
            title: self.details.title.clone(),
            parent: self.details.parent.as_ref().map(ToString::to_string),
            position: self.details.position,
            removed: self.removed,
            revision,
        }
    }
}

/// A published product in the list of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryEntry {
    /// The category.
    pub category: Slug,
    /// The product.
    pub product_id: ProductId,
    /// Current slug of the product.
    pub slug: Slug,
    /// Title of the product.
    pub title: String,
    /// Time of the product's creation, by which lists are ordered.
    pub created_at: Timestamp,
}
