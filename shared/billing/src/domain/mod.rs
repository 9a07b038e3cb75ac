//! Rules of billing: pure and synchronous.

pub mod codes;
pub mod period;
pub mod proration;
