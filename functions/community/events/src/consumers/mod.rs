//! What runs without a request, one file each, and what several share.

pub mod fire_schedule;
pub mod forget_user;
pub mod keep_copies;
pub mod sweep_schedules;
mod tell;
pub mod tell_subscribers;
