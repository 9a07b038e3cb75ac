//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Identifications that a user requests, also those that fail or are deleted afterwards: each costs the operator money.
/// The limit is the same for every plan.
pub const IDENTIFICATIONS: Limit = Limit::per_day("identifications", 20).counting("identifications requested", "user");

/// All limits of this context.
pub const ALL: [Limit; 1] = [IDENTIFICATIONS];
