//! Tokens: the words of a text with their places in it.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Its place in the text, in bytes.
    pub range: Range<usize>,
    /// The word without connectors: `XYZ123` for `XYZ-123`.
    pub joined: String,
    /// The parts at connectors and between letters and digits, if there are several.
    pub parts: Vec<Part>,
    /// How it is matched.
    pub kind: TokenKind,
    /// Whether only one space is between the token before and this one.
    pub follows: bool,
}

/// A part of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its place in the text, in bytes.
    pub range: Range<usize>,
    /// The part.
    pub text: String,
}

/// How a token is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// As a word.
    Word,
    /// As a word that contains a digit: never with typos.
    Number,
    /// By pairs of characters: a run of Han, Kana or Hangul, which is written without spaces.
    Characters,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Mark,
    Character,
    Connector,
    Point,
    Other,
}

fn class(char: char) -> Class {
    match char {
        '-' | '_' | '\'' | '’' | '\u{2010}' | '\u{2011}' | '\u{ad}' => Class::Connector,
        '.' | ',' => Class::Point,
        '0'..='9' => Class::Digit,
        _ if char.is_ascii_alphabetic() => Class::Letter,
        _ if char.is_ascii() => Class::Other,
        _ if is_character(char) => Class::Character,
        _ if is_combining_mark(char) => Class::Mark,
        _ if char.is_numeric() => Class::Digit,
        _ if char.is_alphanumeric() => Class::Letter,
        _ => Class::Other,
    }
}

fn is_character(char: char) -> bool {
    matches!(char,
        '\u{1100}'..='\u{11ff}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{3130}'..='\u{318f}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3134f}')
}

/// The tokens of a text, in order, at most `limit`.
pub(crate) fn tokens(text: &str, limit: usize) -> Vec<Token> {
    let chars: Vec<(usize, char, Class)> = text.char_indices().map(|(at, char)| (at, char, class(char))).collect();
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < chars.len() && found.len() < limit {
        let end = match chars[at].2 {
            Class::Letter | Class::Digit => end_of_word(&chars, at),
            Class::Character => end_of_characters(&chars, at),
            _ => {
                at += 1;
                continue;
            }
        };
        let byte = |index: usize| chars.get(index).map_or(text.len(), |char| char.0);
        let kind = if chars[at].2 == Class::Character { TokenKind::Characters } else { TokenKind::Word };
        let follows = found.last().is_some_and(|before| matches!(&text[before.range.end..byte(at)], " " | "\u{a0}"));
        found.push(token(&chars[at..end], byte(at)..byte(end), kind, follows));
        at = end;
    }
    found
}

fn end_of_word(chars: &[(usize, char, Class)], start: usize) -> usize {
    let class = |index: usize| chars.get(index).map_or(Class::Other, |char| char.2);
    let mut at = start;
    loop {
        at += match class(at) {
            Class::Letter | Class::Digit | Class::Mark => 1,
            Class::Connector if matches!(class(at + 1), Class::Letter | Class::Digit) => 1,
            Class::Point if class(at - 1) == Class::Digit && class(at + 1) == Class::Digit => 1,
            _ => return at,
        };
    }
}

fn end_of_characters(chars: &[(usize, char, Class)], start: usize) -> usize {
    let is_in = |char: &&(usize, char, Class)| matches!(char.2, Class::Character | Class::Mark);
    start + chars[start..].iter().take_while(is_in).count()
}

fn token(chars: &[(usize, char, Class)], range: Range<usize>, kind: TokenKind, follows: bool) -> Token {
    let mut parts: Vec<Part> = Vec::new();
    let mut last = Class::Connector;
    for (at, char, class) in chars.iter().copied() {
        // A decimal comma is a decimal point.
        let (class, char) = if class == Class::Point { (Class::Digit, '.') } else { (class, char) };
        match class {
            Class::Connector => {}
            Class::Mark => push(&mut parts, at, char),
            _ if class == last => push(&mut parts, at, char),
            _ => parts.push(Part { range: at..at + char.len_utf8(), text: char.to_string() }),
        }
        last = if class == Class::Mark { last } else { class };
    }
    let joined = parts.iter().map(|part| part.text.as_str()).collect();
    let number = kind == TokenKind::Word && chars.iter().any(|char| char.2 == Class::Digit);
    if parts.len() == 1 {
        parts.clear();
    }
    Token { range, joined, parts, kind: if number { TokenKind::Number } else { kind }, follows }
}

fn push(parts: &mut [Part], at: usize, char: char) {
    if let Some(part) = parts.last_mut() {
        part.text.push(char);
        part.range.end = at + char.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text, 100)
            .into_iter()
            .map(|token| {
                let parts: Vec<_> = token.parts.iter().map(|part| part.text.as_str()).collect();
                if parts.is_empty() { token.joined } else { format!("{}={}", token.joined, parts.join("+")) }
            })
            .collect()
    }

    #[test]
    fn model_numbers_have_a_whole_and_parts() {
        assert_eq!(words("XYZ-123, xyz123 l'oréal"), ["XYZ123=XYZ+123", "xyz123=xyz+123", "loréal=l+oréal"]);
        assert_eq!(words("1in/25.4mm 25,4"), ["1in=1+in", "25.4mm=25.4+mm", "25.4"]);
        assert_eq!(words("end. -x- 1."), ["end", "x", "1"]);
    }

    #[test]
    fn characters_without_spaces_are_a_token_of_their_own() {
        assert_eq!(words("Tokyo東京2020"), ["Tokyo", "東京", "2020"]);
        assert_eq!(tokens("東京", 9)[0].kind, TokenKind::Characters);
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let text = "«Crème\u{301} brûlée» İ-2";
        for token in tokens(text, 100) {
            assert!(text.is_char_boundary(token.range.start) && text.is_char_boundary(token.range.end));
            for part in token.parts {
                assert!(text.get(part.range).is_some());
            }
        }
        assert_eq!(&text[tokens(text, 9)[1].range.clone()], "brûlée");
    }

    #[test]
    fn no_more_tokens_than_the_limit() {
        assert_eq!(tokens(&"a ".repeat(50), 7).len(), 7);
    }
}
