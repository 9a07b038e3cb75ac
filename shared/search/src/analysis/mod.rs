//! Analysis: how texts and searches become terms.

mod compound;
mod folding;
mod terms;
mod tokens;

pub(crate) use compound::Vocabulary;
pub(crate) use folding::{Folding, Forms};
pub(crate) use terms::Analyzer;
pub(crate) use tokens::{Token, TokenKind, tokens};

/// Limits a term, in characters. Longer words are cut, in documents and in searches alike.
pub(crate) const MAX_TERM_CHARS: usize = 40;
