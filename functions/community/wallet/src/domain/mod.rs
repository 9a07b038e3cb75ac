//! Rules of this context: pure and synchronous.

pub mod charging;
pub mod deposit;
pub mod payment;
pub mod webhook;
