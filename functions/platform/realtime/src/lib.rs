//! Pushes messages to open WebSocket connections, and keeps a numbered log per user for clients that reconnect.
//!
//! Layers, each of which depends only on those above it:
//! 1. `domain`: rules; pure and synchronous, time is an argument.
//! 2. `store`: items in the table.
//! 3. `problem`, `frames`: error codes and frames of the server.
//! 4. `sockets`: the management API of open connections. `ctx`: contexts of functions.
//! 5. `delivery`: sending to connections and closing them.
//! 6. `api`, `consumers`: one file per function.
//! 7. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod delivery;
pub mod domain;
pub mod frames;
pub mod problem;
pub mod sockets;
pub mod store;

pub use ctx::{ConnectContext, Ctx, TokenContext};
