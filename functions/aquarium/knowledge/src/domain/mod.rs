//! Rules: pure and synchronous.

pub mod dataset;
pub mod entry;
pub mod fact;
pub mod limits;
pub mod source;
pub mod species;
pub mod species_id;
pub mod stocking;
