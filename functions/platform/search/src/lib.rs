//! Search: collections of documents that are built from the events of other contexts, and searched in memory.
//!
//! The layers, each of which knows those above it only:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//! 2. `store`: how its items lie in the table.
//! 3. `searcher`, `recorder`: the index and the counts in the memory of a function.
//! 4. `ctx`, `problem`: what a function holds, and how a refusal reads.
//! 5. `api`, `consumers`: one file per function.
//! 6. `bin`: five lines per function.

pub mod api;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod problem;
pub mod recorder;
pub mod searcher;
pub mod store;

pub use ctx::{BuildContext, ConsumerContext, Ctx, EventContext, IndexContext, SearchContext, SuggestContext};
