//! Rules: pure and synchronous. Time is an argument.

pub mod basket;
pub mod build;
pub mod collected;
pub mod feed;
pub mod limits;
pub mod model;
#[cfg(test)]
mod model_tests;
pub mod popularity;
pub mod product_copy;
pub mod session;
pub mod vmis;
#[cfg(test)]
mod vmis_tests;
pub mod words;
#[cfg(test)]
mod words_tests;
