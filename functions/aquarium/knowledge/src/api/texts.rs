//! Schemas of texts in lists of requests, with the limits that the domain checks.

use utoipa::ToSchema;

/// ID of a species that a guide is about.
#[derive(Debug, ToSchema)]
#[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", examples("paracheirodon-innesi"))]
#[expect(dead_code, reason = "only its schema is used")]
pub struct GuideSpeciesId(pub String);
