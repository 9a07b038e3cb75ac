//! Rules of timelines: pure and synchronous. Time, IDs and random values are arguments.

pub mod access;
pub mod calendar_token;
pub mod content;
pub mod correction;
pub mod dose;
pub mod entry;
pub mod feed;
pub mod limits;
pub mod month;
pub mod projection;
pub mod state;
pub mod stored;
pub mod stream;
#[cfg(test)]
mod stream_tests;
pub mod task;
pub mod verification;
