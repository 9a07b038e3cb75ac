//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Imports that a user requests.
pub const IMPORTS: Limit = Limit::per_day("imports", 50).counting("catalog imports requested", "user");

/// Exports that a user requests. Each reads the whole catalog.
pub const EXPORTS: Limit = Limit::per_day("exports", 20).counting("catalog exports requested", "user");

/// All limits of this context.
pub const ALL: [Limit; 2] = [EXPORTS, IMPORTS];
