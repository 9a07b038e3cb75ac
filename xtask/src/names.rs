//! Names that line up: `place_order`, `place-order`, `PlaceOrder`.

use crate::failure::{Result, refuse};

/// A function's name: a verb and what it is done to, as in `place_order`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Reads a name of lower-case words that `_` joins.
    pub fn parse(text: &str) -> Result<Self> {
        if is_snake(text) && !is_taken(text) {
            Ok(Self(text.to_owned()))
        } else {
            refuse!("`{text}` is no name for a function: write it like `place_order`.")
        }
    }

    /// `place_order`.
    pub fn snake(&self) -> &str {
        &self.0
    }

    /// `place-order`.
    pub fn kebab(&self) -> String {
        self.0.replace('_', "-")
    }

    /// `PlaceOrder`.
    pub fn pascal(&self) -> String {
        pascal(&self.0)
    }

    /// `Place order`.
    pub fn sentence(&self) -> String {
        capitalize(&self.0.replace('_', " "))
    }

    /// What it is done to: `order`; a name of one word is its own noun.
    pub fn noun(&self) -> &str {
        self.0.split_once('_').map_or(&self.0, |(_verb, noun)| noun)
    }
}

/// `PlaceOrder` of `place_order` or `place-order`.
pub fn pascal(text: &str) -> String {
    text.split(['_', '-']).map(capitalize).collect()
}

/// Words that Rust keeps for itself, and the crates that are always there.
const TAKEN: [&str; 38] = [
    "abstract", "alloc", "as", "async", "await", "become", "box", "break", "const", "continue", "core", "crate", "do",
    "dyn", "else", "enum", "extern", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match",
    "mod", "move", "return", "static", "std", "struct", "test", "type", "use", "while",
];

/// True for names that Rust code cannot have.
pub fn is_taken(text: &str) -> bool {
    TAKEN.contains(&text)
}

/// True for lower-case words and digits that `_` joins, of which the first starts with a letter.
pub fn is_snake(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.split('_').all(word)
}

/// `order_id` of `orderId`.
pub fn snake_of_camel(text: &str) -> String {
    let mut snake = String::new();
    for letter in text.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn capitalize(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_three_spellings() {
        let name = Name::parse("place_order_2").unwrap();
        assert_eq!((name.kebab().as_str(), name.pascal().as_str()), ("place-order-2", "PlaceOrder2"));
        assert_eq!((name.sentence().as_str(), name.noun()), ("Place order 2", "order_2"));
        assert_eq!(Name::parse("login").unwrap().noun(), "login");
        assert_eq!(snake_of_camel("orderId"), "order_id");
    }

    #[test]
    fn other_spellings_are_refused() {
        for bad in
            ["", "PlaceOrder", "place-order", "place__order", "_place", "2_place", "place_", "place order", "move"]
        {
            assert!(Name::parse(bad).is_err(), "{bad}");
        }
    }
}
