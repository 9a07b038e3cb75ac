//! What runs without a request, one file each.

pub mod forget_user;
pub mod run_import;
