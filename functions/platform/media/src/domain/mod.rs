//! Rules on pictures: what may be uploaded, what is in a file, and what becomes of it.

pub mod account;
pub mod colour;
pub mod container;
pub mod foreign;
pub mod keys;
pub mod limits;
pub mod medium;
pub mod moderation;
pub mod picture;
pub mod profile;
pub mod purpose;
pub mod sweep;
pub mod trailer;
