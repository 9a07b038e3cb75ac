//! What runs without a request, one file each.

pub mod keep_variants;
