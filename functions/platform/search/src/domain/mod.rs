//! Rules of search: what documents consist of, how requests become queries, and what is counted. Pure and synchronous.

pub mod assemble;
pub mod collections;
pub mod figures;
pub mod filters;
pub mod guide;
pub mod limits;
pub mod log;
pub mod plain;
pub mod popularity;
pub mod privacy;
pub mod product;
#[cfg(test)]
mod relevance_fixture;
#[cfg(test)]
mod relevance_tests;
pub mod report;
pub mod search_id;
pub mod settings;
pub mod sketch;
pub mod species;
pub mod suggestions;
