//! How often users may do what costs money or can be abused.

use kit::limits::Limit;

/// Setups of payment methods per user and day. Stolen cards are tried out in this way.
pub const METHOD_SETUPS: Limit = Limit::per_day("method-setups", 20).counting("payment methods to save", "user");

/// The most saved methods of a user.
pub const MAX_METHODS: usize = 50;

/// All of them.
pub const ALL: [Limit; 1] = [METHOD_SETUPS];
