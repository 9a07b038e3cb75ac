//! Rules: pure and synchronous.

pub mod identification;
pub mod limits;
pub mod offer;
pub mod picture;
pub mod suggestion;

#[cfg(test)]
mod identification_tests;
