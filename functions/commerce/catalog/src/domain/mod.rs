//! Rules of the catalog: pure and synchronous.

pub mod barcode;
pub mod bundle;
pub mod category;
pub mod claims;
pub mod details;
pub mod export;
pub mod import;
pub mod limits;
pub mod listing;
pub mod media;
pub mod names;
pub mod options;
pub mod price;
pub mod price_list;
pub mod product;
pub mod promotion;
pub mod reduction;
pub mod rows;
pub mod tree;
pub mod variant;
