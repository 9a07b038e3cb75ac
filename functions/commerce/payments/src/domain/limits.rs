//! How often users may do what costs money or can be abused.

use kit::limits::Limit;

/// Setups of payment methods per user and day. Stolen cards are tried out in this way.
pub const METHOD_SETUPS: Limit = Limit::per_day("method-setups", 20).counting("payment methods to save", "user");

/// Starts of payments. Each calls the provider, whose own limits all buyers share.
pub const STARTS: Limit = Limit::new("payment-starts", 20, 3_600).counting("starts of payments", "user or guest");

/// Refreshes of payments. Each calls the provider.
pub const REFRESHES: Limit =
    Limit::new("payment-refreshes", 60, 3_600).counting("refreshes of payments", "user or guest");

/// The most sessions of a payment: how often a buyer may change the provider, and one.
pub const MAX_SESSIONS: u32 = 10;

/// The most saved methods of a user.
pub const MAX_METHODS: usize = 50;

/// All of them.
pub const ALL: [Limit; 3] = [METHOD_SETUPS, STARTS, REFRESHES];
