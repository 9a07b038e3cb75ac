//! Rules: pure and synchronous.

pub mod dataset;
pub mod entry;
pub mod fact;
pub mod guide;
pub mod guide_page;
pub mod guide_text;
pub mod limits;
pub mod markdown;
pub mod slug;
pub mod source;
pub mod species;
pub mod species_id;
pub mod stocking;
pub mod suggestion;
