//! How often visitors and admins may do what costs money.

use kit::limits::Limit;

/// Clicks and conversions. Each is a transaction.
pub const EVENTS: Limit = Limit::new("search-events", 120, 60).counting("search events", "network address");

/// Builds of the index on request. Each reads all documents.
pub const REBUILDS: Limit = Limit::new("search-rebuilds", 12, 3_600).counting("rebuilds of the index", "deployment");

/// All of them.
pub const ALL: [Limit; 2] = [EVENTS, REBUILDS];
