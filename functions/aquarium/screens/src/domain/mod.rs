//! What screens show, and how events change it: pure and synchronous.

pub mod card;
pub mod entries;
pub mod facts;
pub mod figures;
pub mod home;
pub mod news;
pub mod unread;
pub mod values;
