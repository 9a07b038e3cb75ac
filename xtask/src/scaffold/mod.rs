//! Writes what a new part of the repository starts from: it compiles, passes every check, and says that it does nothing yet.

mod consumer;
mod context;
mod draft;
mod edits;
mod endpoint;
mod function;
mod handler;
mod holder;
mod proof;
mod route;
mod sample;

pub use consumer::{Source, consumer};
pub use context::context;
pub use endpoint::endpoint;

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The files, new or changed.
    pub files: Vec<String>,
    /// The packages that they belong to.
    pub packages: Vec<String>,
    /// What is left to do, in its order.
    pub next: Vec<String>,
}
