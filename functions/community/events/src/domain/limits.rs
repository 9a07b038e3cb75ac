//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Care events that a user reports.
pub const EVENTS: Limit = Limit::per_day("events", 200).counting("care events reported", "user");
/// Schedules that a user creates, also those that are deleted afterwards.
pub const SCHEDULES: Limit = Limit::per_day("schedules", 40).counting("schedules created", "user");

/// All limits of this context.
pub const ALL: [Limit; 2] = [EVENTS, SCHEDULES];
