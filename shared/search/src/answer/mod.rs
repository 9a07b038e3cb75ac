//! Answers searches.

mod best;
mod filters;
mod highlight;
mod limits;
mod matching;
mod ranking;
mod run;
mod side;
mod suggest;
mod words;

pub(crate) use run::search;
pub(crate) use suggest::{PreparedPhrase, suggest};
pub(crate) use words::PreparedSynonyms;
#[cfg(test)]
pub(crate) use {ranking::Score, words::Alternative, words::Word, words::Words};
