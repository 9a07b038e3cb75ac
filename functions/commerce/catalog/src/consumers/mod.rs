//! What runs without a request, one file each.

mod row_errors;
pub mod run_export;
pub mod run_import;
