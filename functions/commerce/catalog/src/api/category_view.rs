//! Categories in responses.

use serde::Serialize;
use types::ProductId;
use utoipa::ToSchema;

use crate::domain::category::{Category, CategoryEntry};

/// How long clients and caches may use a response about categories without asking again, in seconds.
pub const MAX_AGE_SECONDS: u32 = 60;

/// A category.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryView {
    /// Slug, which never changes.
    #[schema(example = "shoes")]
    pub slug: String,
    /// Title.
    #[schema(example = "Shoes")]
    pub title: String,
    /// Description. Null if there is none.
    #[schema(example = "For all seasons.")]
    pub description: Option<String>,
    /// Slug of the category that it is below. Null at the top.
    #[schema(example = "clothes")]
    pub parent: Option<String>,
    /// Position among the categories of its parent, from 0.
    #[schema(example = 0)]
    pub position: u32,
}

impl From<&Category> for CategoryView {
    fn from(category: &Category) -> Self {
        let details = category.details.clone();
        Self {
            slug: category.slug.to_string(),
            title: details.title,
            description: details.description,
            parent: details.parent.map(String::from),
            position: details.position,
        }
    }
}

/// A published product in the list of a category.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryProduct {
    /// Product ID.
    pub id: ProductId,
    /// Slug.
    #[schema(example = "red-shoe")]
    pub slug: String,
    /// Title.
    #[schema(example = "Red shoe")]
    pub title: String,
}

impl From<&CategoryEntry> for CategoryProduct {
    fn from(entry: &CategoryEntry) -> Self {
        Self { id: entry.product_id, slug: entry.slug.to_string(), title: entry.title.clone() }
    }
}
