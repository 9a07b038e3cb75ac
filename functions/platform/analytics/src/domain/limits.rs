//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Runs of reports that a user starts. Scheduled runs do not count.
pub const RUNS: Limit = Limit::per_day("runs", 100).counting("report runs started", "user");

/// All limits of this context.
pub const ALL: [Limit; 1] = [RUNS];
