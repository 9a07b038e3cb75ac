//! Text that people type: bounded input, names, search keys, words, and codes.
//!
//! - [`line`] and [`paragraphs`] read bounded input that is visible and contains neither control characters nor
//!   bidirectional controls; [`PersonName`] is a person's name, redacted
//!   in `Debug`.
//! - [`fold`] makes a search key that ignores case and diacritics; [`words`] splits a text into such keys.
//! - [`is_code`] recognizes short identifiers such as `fresh-water`, and [`codes!`] declares types of them; [`file_name`]
//!   makes a name that is safe in a `Content-Disposition` header and in a file system.
//! - [`to_cell`] keeps spreadsheets from taking a cell of a CSV file for a formula; [`from_cell`] undoes it.
//!
//! What it does not do: it does not rank or index, has no stop words and no stemming, and does not compare by the rules of a
//! language: `ö` folds to `o` in every one. Letters without a decomposition, such as `ø` and `ł`, fold to themselves.
//!
//! ```
//! assert_eq!(text::fold("  Crème  BRÛLÉE "), "creme brulee");
//! assert_eq!(text::words("Neon tetra, 12 pcs.").collect::<Vec<_>>(), ["neon", "tetra", "12", "pcs"]);
//! assert!(text::is_code("fresh-water"));
//! assert_eq!(text::file_name("../år/2026:rapport.pdf"), "ar-2026-rapport.pdf");
//! ```

mod cell;
mod code;
mod fold;
mod input;
mod newtype;
mod visible;

pub use cell::{from_cell, to_cell};
pub use code::{file_name, is_code};
pub use fold::{fold, words};
pub use input::{PersonName, TextError, line, paragraphs};
pub use newtype::NotACode;
