//! A document of which some parts are generated.

use crate::failure::{Failure, Result};

/// A text with parts between `<!-- begin x -->` and `<!-- end x -->`.
#[derive(Debug, PartialEq, Eq)]
pub struct Document(String);

impl Document {
    /// The document with this text.
    pub fn parse(text: String) -> Self {
        Self(text)
    }

    /// Puts another text into a part; a document without that part is refused.
    pub fn replace(&mut self, part: &str, text: &str) -> Result<()> {
        let (begin, end) = (format!("<!-- begin {part} -->"), format!("<!-- end {part} -->"));
        let inside = || {
            let from = self.0.find(&begin)? + begin.len();
            let to = from + self.0.get(from..)?.find(&end)?;
            Some((from, to))
        };
        let Some((from, to)) = inside() else {
            return Err(Failure::new(format!("{} has no part between `{begin}` and `{end}`.", super::DOCUMENT)));
        };
        self.0.replace_range(from..to, &format!("\n\n{}\n\n", text.trim()));
        Ok(())
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_all_around_it_stays() {
        let mut document =
            Document::parse("a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n<!-- begin y -->\n<!-- end y -->".to_owned());
        document.replace("x", "new\n").unwrap();
        document.replace("x", "newer\n").unwrap();
        let text = document.into_text();
        assert_eq!(text, "a\n<!-- begin x -->\n\nnewer\n\n<!-- end x -->\nb\n<!-- begin y -->\n<!-- end y -->");
    }

    #[test]
    fn a_part_that_is_not_there_is_refused() {
        for text in ["", "<!-- begin x -->", "<!-- end x --><!-- begin x -->"] {
            let mut document = Document::parse(text.to_owned());
            assert!(document.replace("x", "new").is_err(), "{text}");
        }
    }
}
