//! Routes of the WebSocket API, one per file.

pub mod connect;
pub mod disconnect;
pub mod receive_message;
