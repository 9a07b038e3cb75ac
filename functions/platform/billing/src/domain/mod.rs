//! Rules of billing: pure and synchronous.

#[cfg(test)]
mod attack_tests;
pub mod cancel;
pub mod catalogue;
pub mod change;
pub mod codes;
pub mod coupon;
pub mod documents;
pub mod dunning;
#[cfg(test)]
mod fixture;
pub mod intake;
#[cfg(test)]
mod interleaving_tests;
pub mod invoice;
pub mod managed;
pub mod mirror;
pub mod ownership;
pub mod pending;
pub mod period;
pub mod proration;
pub mod series;
pub mod settlement;
pub mod subscription;
pub mod tax;
pub mod vat_id;
