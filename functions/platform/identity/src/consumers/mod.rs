//! What runs without a request.

pub mod keep_entitlements;
pub mod manage_signing_keys;
pub mod run_export;
