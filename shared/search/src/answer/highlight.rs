//! Highlights: excerpts of texts with the words that match.

use std::collections::BTreeMap;
use std::ops::Range;

use super::words::Word;
use crate::analysis::{Analyzer, Folding, Forms, Vocabulary};
use crate::collection::Collection;
use crate::index::Inner;
use crate::result::{Highlight, Part};
use crate::store::Similar;

/// Limits an excerpt, in characters.
const MAX_EXCERPT_CHARS: usize = 200;
/// The characters of an excerpt before its first match, if the text is longer.
const CHARS_BEFORE: usize = 40;

/// Shorter words are not looked for inside of compounds.
const MIN_PART_CHARS: usize = 3;

/// Finds the words of a search in texts.
pub(crate) struct Highlighter<'a> {
    words: &'a [Word],
    similar: &'a [Option<Similar>],
    folding: Folding,
    vocabulary: SearchedParts<'a>,
    collection: &'static Collection,
}

/// A vocabulary that divides only compounds with a searched word: to divide each word of a text would take longer than the
/// search.
struct SearchedParts<'a> {
    vocabulary: &'a dyn Vocabulary,
    searched: Vec<&'a str>,
}

impl Vocabulary for SearchedParts<'_> {
    fn contains(&self, word: &str) -> bool {
        self.vocabulary.contains(word)
    }

    fn divides(&self, word: &str) -> bool {
        self.searched.iter().any(|searched| word.contains(searched))
    }
}

impl<'a> Highlighter<'a> {
    /// A highlighter of the words of a search, in the spellings that it tolerates.
    pub fn new(words: &'a [Word], similar: &'a [Option<Similar>], index: &'a Inner) -> Self {
        let alternatives = words.iter().flat_map(|word| &word.alternatives).flat_map(|alternative| &alternative.terms);
        let forms = words.iter().filter_map(|word| word.forms.as_ref()).chain(alternatives);
        let searched = forms.flat_map(spellings).filter(|word| word.chars().count() >= MIN_PART_CHARS).collect();
        let Analyzer { folding, vocabulary } = index.analyzer();
        Self {
            words,
            similar,
            folding,
            vocabulary: SearchedParts { vocabulary, searched },
            collection: index.collection,
        }
    }

    /// One highlight per highlighted field that has a match: of its first text with one.
    pub fn highlights(&self, texts: &BTreeMap<String, Vec<String>>) -> Vec<Highlight> {
        if self.words.is_empty() {
            return Vec::new();
        }
        let fields = self.collection.fields.iter().filter(|field| field.highlighted);
        fields
            .filter_map(|field| texts.get(field.name)?.iter().find_map(|text| self.highlight(field.name, text)))
            .collect()
    }

    /// The first text of a suggested field with a match.
    pub fn suggested(&self, texts: &BTreeMap<String, Vec<String>>) -> Option<String> {
        let fields = self.collection.fields.iter().filter(|field| field.suggested);
        fields.filter_map(|field| texts.get(field.name)).flatten().find(|text| !self.matches(text).is_empty()).cloned()
    }

    fn highlight(&self, field: &'static str, text: &str) -> Option<Highlight> {
        let matches = self.matches(text);
        let first = matches.first()?.clone();
        let excerpt = excerpt(text, &first);
        Some(Highlight {
            field,
            parts: parts(text, &excerpt, &matches),
            cut_before: excerpt.start > 0,
            cut_after: excerpt.end < text.len(),
        })
    }

    /// The places that match, in order and apart.
    fn matches(&self, text: &str) -> Vec<Range<usize>> {
        let terms = Analyzer { folding: self.folding, vocabulary: &self.vocabulary }.terms(text);
        let found = terms.into_iter().filter(|term| self.is_match(&term.forms)).map(|term| term.range);
        let mut found: Vec<Range<usize>> = found.collect();
        found.sort_unstable_by_key(|range| (range.start, range.end));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for range in found {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }

    fn is_match(&self, term: &Forms) -> bool {
        self.words.iter().zip(self.similar).any(|(word, similar)| {
            let itself = word.forms.as_ref().is_some_and(|forms| {
                same(forms, term)
                    || word.prefix && starts(term, forms)
                    || similar.as_ref().is_some_and(|similar| is_similar(similar, term))
            });
            itself || word.alternatives.iter().flat_map(|alternative| &alternative.terms).any(|forms| same(forms, term))
        })
    }
}

fn spellings(forms: &Forms) -> impl Iterator<Item = &str> + Clone {
    std::iter::once(forms.folded.as_str()).chain(forms.umlaut.as_deref())
}

fn same(forms: &Forms, term: &Forms) -> bool {
    spellings(forms).any(|folded| spellings(term).any(|other| other == folded))
}

fn starts(term: &Forms, forms: &Forms) -> bool {
    spellings(forms).any(|folded| spellings(term).any(|other| other.starts_with(folded)))
}

fn is_similar(similar: &Similar, term: &Forms) -> bool {
    spellings(term).any(|folded| similar.rank_of(folded).is_some())
}

/// The part of a text around its first match.
fn excerpt(text: &str, first: &Range<usize>) -> Range<usize> {
    if text.chars().nth(MAX_EXCERPT_CHARS).is_none() {
        return 0..text.len();
    }
    let before = text[..first.start].char_indices().rev().nth(CHARS_BEFORE).map_or(0, |(at, _)| at);
    // Not in the middle of a word.
    let start = if before == 0 {
        0
    } else {
        text[before..first.start].find(char::is_whitespace).map_or(before, |space| before + space + 1)
    };
    let start = (start..=first.start).find(|at| text.is_char_boundary(*at)).unwrap_or(first.start);
    let end = text[start..].char_indices().nth(MAX_EXCERPT_CHARS).map_or(text.len(), |(at, _)| start + at);
    start..end
}

fn parts(text: &str, excerpt: &Range<usize>, matches: &[Range<usize>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = excerpt.start;
    let mut push = |range: Range<usize>, matched| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            parts.push(Part { text: text.to_owned(), matched });
        }
    };
    for range in matches {
        let (start, end) = (range.start.clamp(at, excerpt.end), range.end.clamp(at, excerpt.end));
        push(at..start, false);
        push(start..end, true);
        at = end;
    }
    push(at..excerpt.end, false);
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_are_the_excerpt(text in "\\PC{0,300}", cuts in proptest::collection::vec(0usize..300, 2..9)) {
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|at| text.is_char_boundary(*at)).collect();
            cuts.sort_unstable();
            cuts.dedup();
            let matches: Vec<_> = cuts.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
            if let Some(first) = matches.first() {
                let excerpt = excerpt(&text, first);
                let joined: String = parts(&text, &excerpt, &matches).into_iter().map(|part| part.text).collect();
                prop_assert_eq!(&joined, &text[excerpt.clone()]);
                prop_assert!(joined.chars().count() <= MAX_EXCERPT_CHARS);
                prop_assert!(excerpt.contains(&first.start));
            }
        }
    }
}
