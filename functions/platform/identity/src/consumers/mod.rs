//! What runs without a request.

pub mod manage_signing_keys;
pub mod run_export;
