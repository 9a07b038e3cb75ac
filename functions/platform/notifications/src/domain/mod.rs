//! The rules. Nothing here reads a clock, a variable or a table.

pub mod branding;
pub mod contact;
pub mod content;
pub mod country_codes;
pub mod delivery;
pub mod device;
pub mod inbox;
pub mod language;
pub mod limits;
pub mod localization;
pub mod mailbox;
pub mod notices;
pub mod phone;
pub mod plan;
pub mod preferences;
pub mod request;
