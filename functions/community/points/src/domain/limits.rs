//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Points that a user creates.
pub const POINTS: Limit = Limit::per_day("points", 50).counting("points created", "user");

/// All limits of this context.
pub const ALL: [Limit; 1] = [POINTS];
