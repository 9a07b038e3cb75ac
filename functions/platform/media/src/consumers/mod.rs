//! What runs without a request, one file each.

pub mod forget_user;
pub mod keep_plans;
pub mod keep_profiles;
pub mod process_upload;
mod reclaiming;
pub mod sweep_uploads;
