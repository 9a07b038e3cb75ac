//! How often users may use this context; docs/limits.md lists all limits. What a plan may hold is in `plans.json`.

use kit::limits::Limit;

/// Uploads that a user creates, also those that are deleted afterwards: each is decoded and moderated.
pub const UPLOADS: Limit = Limit::per_day("uploads", 100).counting("uploads", "user");

/// All limits of this context.
pub const ALL: [Limit; 1] = [UPLOADS];
