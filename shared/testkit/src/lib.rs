//! For tests: a table, a queue and a gateway of sockets that run inside the test's process, requests as the gateway makes them, and
//! pictures.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot set up must fail"
)]

mod conflicts;
mod distance;
mod gateway;
mod http;
pub mod pictures;
mod queue;
mod seed;
mod table;
pub mod wire;

pub use gateway::{TestGateway, socket_event};
pub use http::{Reply, request};
pub use queue::{TestQueue, queue_event};
pub use seed::Template;
pub use table::TestTable;
