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

mod bus;
mod conflicts;
mod consumer;
mod distance;
mod front;
mod gateway;
mod http;
mod in_process;
mod interference;
mod killed;
mod lagging_index;
mod lost_responses;
pub mod pictures;
mod queue;
mod roles;
mod seed;
mod statements;
mod table;
pub mod wire;

pub use bus::TestBus;
pub use consumer::finished;
pub use gateway::{TestGateway, socket_event};
pub use http::{Reply, request};
pub use in_process::{Distance, Requests};
pub use killed::killed_after;
pub use lost_responses::{Lost, LostResponses};
pub use queue::{TestQueue, queue_event};
pub use roles::Work;
pub use seed::Template;
pub use table::TestTable;

/// Keeps a value for the rest of the process, as functions do with their contexts.
pub fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
