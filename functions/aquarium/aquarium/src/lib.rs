//! What describes the pack as a whole: its OpenAPI document.
//!
//! The layers: `api` (one file per function), `bin` (five lines per function). This context owns no items.

pub mod api;
