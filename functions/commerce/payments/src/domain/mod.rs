//! Rules of payments: pure and synchronous.

pub mod accounting;
pub mod attention;
pub mod events;
pub mod limits;
pub mod methods;
pub mod orphan;
pub mod payment;
pub mod requests;
pub mod steps;
pub mod sweep;
