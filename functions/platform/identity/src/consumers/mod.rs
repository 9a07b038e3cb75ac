//! What runs without a request.

pub mod manage_signing_keys;
