//! For tests: a table that runs inside the test's process, and requests as the gateway makes them, and pictures.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot set up must fail"
)]

mod http;
pub mod pictures;
mod table;

pub use http::{Reply, request};
pub use table::TestTable;
