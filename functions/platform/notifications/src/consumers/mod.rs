//! What runs without a request, one file each.

pub mod send_account_email;
