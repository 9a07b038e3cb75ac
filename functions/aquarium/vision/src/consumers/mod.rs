//! What runs without a request, one file each.

pub mod forget_user;
pub mod identify;
pub mod keep_pictures;
