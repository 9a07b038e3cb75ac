//! What runs without a request.

pub mod publish_events;
