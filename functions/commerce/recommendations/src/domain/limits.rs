//! How often views are recorded.

use kit::limits::Limit;

/// Batches of views of a user per hour: one each half a minute for four hours of browsing in two.
pub const USER_BATCHES: Limit = Limit::new("view-batches", 240, 3_600).counting("batches of views", "user");

/// Batches of views per network address and hour. Offices and mobile networks share an address.
pub const SOURCE_BATCHES: Limit =
    Limit::new("guest-view-batches", 1_200, 3_600).counting("batches of views of guests", "network address");

/// All of them.
pub const ALL: [Limit; 2] = [USER_BATCHES, SOURCE_BATCHES];
