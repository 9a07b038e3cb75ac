//! How often this context may be used; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Carts that guests create: nobody is accountable for them. Many guests may share an address.
pub const GUEST_CARTS: Limit =
    Limit::new("guest_carts", 300, 3_600).counting("carts of guests created", "network address");

/// All limits of this context.
pub const ALL: [Limit; 1] = [GUEST_CARTS];
