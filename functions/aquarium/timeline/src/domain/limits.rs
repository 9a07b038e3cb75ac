//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Requests that append, correct or retract entries, or change tasks.
pub const CHANGES: Limit = Limit::per_day("changes", 1_000).counting("changes of timelines and tasks", "user");

/// Requests that create or replace calendar links. Each makes other writes of the aquarium at the same time begin again.
pub const CALENDAR_LINKS: Limit = Limit::per_day("calendar_links", 20).counting("new calendar links", "user");

/// All limits of this context.
pub const ALL: [Limit; 2] = [CHANGES, CALENDAR_LINKS];
