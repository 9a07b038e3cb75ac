//! What runs without a request, one file each.

mod displacing;
pub mod follow_components;
pub mod forget_user;
pub mod keep_copies;
mod row_errors;
pub mod run_export;
pub mod run_import;
