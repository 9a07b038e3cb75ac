//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Requests that append, correct or retract entries, or change tasks.
pub const CHANGES: Limit = Limit::per_day("changes", 1_000).counting("changes of timelines and tasks", "user");

/// All limits of this context.
pub const ALL: [Limit; 1] = [CHANGES];
