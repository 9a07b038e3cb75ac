//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Imports of species that an admin requests.
pub const IMPORTS: Limit = Limit::per_day("imports", 50).counting("species imports requested", "user");

/// All limits of this context.
pub const ALL: [Limit; 1] = [IMPORTS];
