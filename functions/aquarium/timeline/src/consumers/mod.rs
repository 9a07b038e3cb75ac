//! Consumers, one per file.

pub mod forget_user;
pub mod keep_access;
pub mod keep_views;
