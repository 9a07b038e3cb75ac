//! What runs without a request, one file each.

pub mod build_home;
pub mod forget_user;
