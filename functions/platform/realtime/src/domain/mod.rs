//! Rules: pure and synchronous; time is an argument.

pub mod connection;
pub mod handshake;
pub mod incoming;
pub mod limits;
pub mod log;
#[cfg(test)]
mod log_tests;
pub mod origin;
