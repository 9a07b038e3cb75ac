//! Compounds: words that are made of other words of the same catalogue.

/// The shortest part of a compound, in characters.
const MIN_PART_CHARS: usize = 4;
/// The deepest division of a compound.
const MAX_DEPTH: usize = 3;
/// Letters between the parts of a compound, in German and Scandinavian languages.
const LINKS: [&str; 7] = ["", "s", "es", "n", "en", "er", "e"];

/// The words of a catalogue that may be parts of compounds: those of at least two texts.
pub(crate) trait Vocabulary {
    /// Whether the folded word may be a part.
    fn contains(&self, word: &str) -> bool;

    /// Whether it is of interest how the folded word is composed.
    fn divides(&self, _word: &str) -> bool {
        true
    }
}

/// The parts of a folded word, at all depths, without the word; empty if it is not a compound of the vocabulary.
pub(crate) fn parts(word: &str, vocabulary: &dyn Vocabulary) -> Vec<String> {
    let mut found = Vec::new();
    if !vocabulary.divides(word) {
        return found;
    }
    collect(word, vocabulary, MAX_DEPTH, &mut found);
    found
}

/// The two parts of a compound.
pub(crate) fn division<'a>(word: &'a str, vocabulary: &dyn Vocabulary) -> Option<(&'a str, &'a str)> {
    let bounds: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(MIN_PART_CHARS).collect();
    if bounds.len() < MIN_PART_CHARS {
        return None;
    }
    // The longest second part decides: it is what the thing is.
    bounds.iter().filter(|at| word[**at..].chars().count() >= MIN_PART_CHARS).find_map(|at| {
        let (start, second) = word.split_at(*at);
        if !vocabulary.contains(second) {
            return None;
        }
        let first = LINKS
            .iter()
            .filter_map(|link| start.strip_suffix(link))
            .find(|first| first.chars().count() >= MIN_PART_CHARS && vocabulary.contains(first))?;
        Some((first, second))
    })
}

fn collect(word: &str, vocabulary: &dyn Vocabulary, depth: usize, found: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    if let Some((first, second)) = division(word, vocabulary) {
        for part in [first, second] {
            collect(part, vocabulary, depth - 1, found);
            found.push(part.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(word: &str, words: &'static [&'static str]) -> Vec<String> {
        struct Words(&'static [&'static str]);
        impl Vocabulary for Words {
            fn contains(&self, word: &str) -> bool {
                self.0.contains(&word)
            }
        }
        parts(word, &Words(words))
    }

    #[test]
    fn compounds_are_split_into_words_of_the_catalogue() {
        assert_eq!(split("jonglierkeulen", &["jonglier", "keulen"]), ["jonglier", "keulen"]);
        assert_eq!(split("arbeitsplatte", &["arbeit", "platte"]), ["arbeit", "platte"]);
        assert_eq!(
            split("gartenstuhlkissen", &["garten", "stuhl", "kissen", "stuhlkissen"]),
            ["garten", "stuhl", "kissen", "stuhlkissen"]
        );
    }

    #[test]
    fn other_words_stay_whole() {
        assert!(split("jonglierkeulen", &["keulen"]).is_empty());
        assert!(split("keulen", &["keu", "len"]).is_empty());
        assert!(split("東京特許許可局案内", &["東京特許", "許可局案内"]).len() == 2);
    }
}
