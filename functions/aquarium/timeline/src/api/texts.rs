//! Values in lists of requests, with their limits.

use utoipa::ToSchema;

/// Wall time of a dose.
#[derive(Debug, ToSchema)]
#[schema(max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", examples("08:00"))]
#[expect(dead_code, reason = "only its schema is used")]
pub struct DoseTime(pub String);

/// Month of the year.
#[derive(Debug, ToSchema)]
#[schema(minimum = 1, maximum = 12, examples(3))]
#[expect(dead_code, reason = "only its schema is used")]
pub struct TaskMonth(pub i8);
