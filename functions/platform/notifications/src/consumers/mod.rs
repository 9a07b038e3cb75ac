//! What runs without a request, one file each.

pub mod send_verification_email;
