//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Imports of species that an admin requests.
pub const IMPORTS: Limit = Limit::per_day("imports", 50).counting("species imports requested", "user");

/// Suggestions that a user makes about species.
pub const SUGGESTIONS: Limit = Limit::per_day("suggestions", 20).counting("species suggestions created", "user");

/// Versions of guides that a member of the staff writes.
pub const GUIDES: Limit = Limit::per_day("guides", 200).counting("versions of guides written", "user");

/// All limits of this context.
pub const ALL: [Limit; 3] = [IMPORTS, SUGGESTIONS, GUIDES];
