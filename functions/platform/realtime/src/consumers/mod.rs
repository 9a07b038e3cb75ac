//! What runs without a request, one file each.

pub mod end_sessions;
pub mod forget_user;
pub mod push_notifications;
