//! Rules of the catalog: pure and synchronous.

pub mod barcode;
pub mod claims;
pub mod details;
pub mod names;
pub mod options;
pub mod product;
pub mod variant;
