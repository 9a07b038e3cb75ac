//! Consumers, one per file.

pub mod forget_user;
