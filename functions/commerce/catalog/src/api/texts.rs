//! Schemas of texts in lists and maps of requests, with the limits that the domain checks.

use utoipa::ToSchema;

/// Value of an attribute.
#[derive(Debug, ToSchema)]
#[schema(min_length = 1, max_length = 200, examples("wool"))]
#[expect(dead_code, reason = "only its schema is used")]
pub struct AttributeValue(pub String);

/// Value of an option.
#[derive(Debug, ToSchema)]
#[schema(min_length = 1, max_length = 50, examples("red"))]
#[expect(dead_code, reason = "only its schema is used")]
pub struct OptionValue(pub String);

/// Slug of a category.
#[derive(Debug, ToSchema)]
#[schema(min_length = 1, max_length = 100, examples("shoes"))]
#[expect(dead_code, reason = "only its schema is used")]
pub struct CategorySlug(pub String);
