//! How often views are recorded.

use kit::limits::Limit;

/// Batches of views of a user per hour: one each half a minute for four hours of browsing in two.
pub const USER_BATCHES: Limit = Limit::new("view-batches", 240, 3_600).counting("batches of views", "user");

/// Batches of views per network address and hour. Offices and mobile networks share an address.
pub const SOURCE_BATCHES: Limit =
    Limit::new("guest-view-batches", 1_200, 3_600).counting("batches of views of guests", "network address");

/// New sessions of guests per network address and hour: enough for an office, and too few to change recommendations of a shop in an
/// hour. A user's sessions are bounded by [`USER_BATCHES`], and by the number of accounts that an address can have.
pub const SOURCE_SESSIONS: Limit =
    Limit::new("guest-sessions", 60, 3_600).counting("new sessions of guests", "network address");

/// All of them.
pub const ALL: [Limit; 3] = [USER_BATCHES, SOURCE_BATCHES, SOURCE_SESSIONS];
