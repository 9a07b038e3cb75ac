//! The routes of the WebSocket API, one file each.

pub mod connect;
pub mod disconnect;
pub mod receive_message;
