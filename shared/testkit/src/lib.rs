//! For tests: a table, a queue and a gateway of sockets that run inside the test's process, requests as the gateway makes them, and
//! pictures.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot set up must fail, and has a machine under it"
)]

mod conflicts;
mod consumer;
mod distance;
mod gateway;
mod http;
mod in_process;
pub mod pictures;
mod queue;
mod roles;
mod seed;
mod statements;
mod table;
pub mod wire;

pub use consumer::finished;
pub use gateway::{TestGateway, socket_event};
pub use http::{Reply, request};
pub use in_process::Requests;
pub use queue::{TestQueue, queue_event};
pub use seed::Template;
pub use table::TestTable;
