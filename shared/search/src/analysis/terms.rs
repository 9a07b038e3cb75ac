//! Terms: under what a text is found.

use std::ops::Range;

use super::compound::{Vocabulary, division, parts};
use super::folding::{Folding, Forms};
use super::tokens::{Token, TokenKind, tokens};

/// Limits the tokens of a text that are indexed; further ones are not found.
pub(crate) const MAX_TOKENS: usize = 2_000;

/// A term of a text and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// The place in the text, in bytes.
    pub range: Range<usize>,
    /// The term.
    pub forms: Forms,
}

/// Makes terms of texts.
#[derive(Clone, Copy)]
pub(crate) struct Analyzer<'a> {
    /// The rules of folding.
    pub folding: Folding,
    /// The words that may be parts of compounds.
    pub vocabulary: &'a dyn Vocabulary,
}

impl Analyzer<'_> {
    /// The terms of a text.
    pub fn terms(&self, text: &str) -> Vec<Term> {
        let mut found = Vec::new();
        let tokens = tokens(text, MAX_TOKENS);
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Characters => self.add_characters(token, &mut found),
                TokenKind::Word | TokenKind::Number => self.add_word(token, &mut found),
            }
            let before = at.checked_sub(1).map(|before| &tokens[before]);
            if let Some(before) = before.filter(|before| joins(before, token)) {
                self.add(
                    before.range.start..token.range.end,
                    &format!("{}{}", before.joined, token.joined),
                    &mut found,
                );
            }
        }
        found
    }

    /// The words of a text that may become parts of compounds elsewhere.
    pub fn words(&self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        for token in tokens(text, MAX_TOKENS) {
            if token.kind == TokenKind::Characters {
                continue;
            }
            words.push(self.folding.forms(&token.joined).folded);
            words.extend(token.parts.iter().map(|part| self.folding.forms(&part.text).folded));
        }
        words
    }

    /// The two words that a searched word is composed of, if it is.
    pub fn division(&self, forms: &Forms) -> Option<(String, String)> {
        let (first, second) = division(&forms.folded, self.vocabulary).filter(|_| self.folding.compounds)?;
        Some((first.to_owned(), second.to_owned()))
    }

    fn add_word(&self, token: &Token, found: &mut Vec<Term>) {
        self.add(token.range.clone(), &token.joined, found);
        for part in &token.parts {
            self.add(part.range.clone(), &part.text, found);
        }
        if token.kind == TokenKind::Word && self.folding.compounds {
            let folded = self.folding.forms(&token.joined).folded;
            for part in parts(&folded, self.vocabulary) {
                self.add(token.range.clone(), &part, found);
            }
        }
    }

    /// Adds each character and each pair of neighbours.
    fn add_characters(&self, token: &Token, found: &mut Vec<Term>) {
        for (range, text) in characters(token) {
            self.add(range, text, found);
        }
    }

    fn add(&self, range: Range<usize>, word: &str, found: &mut Vec<Term>) {
        found.push(Term { range, forms: self.folding.forms(word) });
    }
}

/// The characters of a token and the pairs of neighbours, with their places.
fn characters(token: &Token) -> impl Iterator<Item = (Range<usize>, &str)> {
    let text = token.joined.as_str();
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let count = starts.len() - 1;
    (0..count).flat_map(move |at| {
        let ends = [Some(starts[at + 1]), starts.get(at + 2).copied()];
        let start = starts[at];
        ends.into_iter()
            .flatten()
            .map(move |end| (token.range.start + start..token.range.start + end, &text[start..end]))
            .collect::<Vec<_>>()
    })
}

/// Whether two neighbours are also found as one word: `XYZ 123` and `12 kg`.
fn joins(before: &Token, token: &Token) -> bool {
    let numbers = [before.kind, token.kind].iter().filter(|kind| **kind == TokenKind::Number).count();
    let characters = [before.kind, token.kind].contains(&TokenKind::Characters);
    token.follows && numbers == 1 && !characters
}
