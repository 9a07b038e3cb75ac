//! Consumers, one per file.

pub mod end_sessions;
pub mod forget_user;
pub mod push_notifications;
