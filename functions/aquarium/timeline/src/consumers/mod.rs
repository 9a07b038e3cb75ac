//! Consumers and operator functions, one per file.

pub mod fire_task;
pub mod forget_user;
pub mod keep_access;
pub mod keep_views;
pub mod recount_timeline;
pub mod sweep_tasks;
pub mod watch_reservoirs;
