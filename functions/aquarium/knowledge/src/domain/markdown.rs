//! What the Markdown of a guide may contain.
//!
//! The text is stored and returned as it is, and clients render it. So what could harm a reader is refused when it is written: raw
//! HTML, images, and links to anything but web pages. The scanner is stricter than Markdown: it looks at every place where some
//! renderer could see a tag or a link, also in code and after a backslash.

/// Maximum size of a text in bytes.
pub const MAX_MARKDOWN_BYTES: usize = 64 * 1024;
/// Schemes that are refused wherever they are, since some renderers link them without any markup.
const REFUSED_SCHEMES: [&str; 2] = ["javascript:", "vbscript:"];
/// What the destination of a link may begin with.
const DESTINATIONS: [&str; 3] = ["https://", "http://", "#"];

/// Reason why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkdownError {
    /// Empty, or with characters that no text may have.
    #[error("{0}")]
    Text(#[from] text::TextError),
    /// Too long.
    #[error("must have at most {MAX_MARKDOWN_BYTES} bytes")]
    TooLong,
    /// Something that could harm a reader.
    #[error("line {line}: {rule}")]
    Refused {
        /// Number of the line, from 1.
        line: usize,
        /// The rule.
        rule: Rule,
    },
}

/// What a text must not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// Raw HTML, and links in angle brackets, which look like it.
    #[error(
        "must not contain raw HTML; write Markdown, links as [text](https://…), and a space after a less-than sign"
    )]
    Html,
    /// An image.
    #[error("must not contain images; link the page with the image instead")]
    Image,
    /// A link to something else than a web page or a heading.
    #[error(
        "must link to web pages with https:// or http://, or to headings with #, and to nothing else; write a space between a square bracket and a colon or a round bracket that make no link"
    )]
    Destination,
    /// A scheme that runs code.
    #[error("must not contain javascript:, vbscript: or data: links; remove them")]
    Scheme,
}

/// Returns the text without white space around it if it is harmless.
pub fn parse(text: &str) -> Result<String, MarkdownError> {
    if text.len() > MAX_MARKDOWN_BYTES {
        return Err(MarkdownError::TooLong);
    }
    let text = text::paragraphs(text, MAX_MARKDOWN_BYTES)?;
    match first_refused(&text) {
        None => Ok(text),
        Some((at, rule)) => {
            let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
            Err(MarkdownError::Refused { line, rule })
        }
    }
}

/// The first place that is refused, in bytes, with the rule.
fn first_refused(text: &str) -> Option<(usize, Rule)> {
    text.char_indices().find_map(|(at, char)| Some((at, refused_at(text, at, char)?)))
}

/// The rule that is broken at a place, if one is.
fn refused_at(text: &str, at: usize, char: char) -> Option<Rule> {
    let rest = text.get(at..).unwrap_or_default();
    let after = rest.get(char.len_utf8()..).unwrap_or_default();
    match char {
        '<' if after.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')) => {
            Some(Rule::Html)
        }
        '!' if after.starts_with('[') => Some(Rule::Image),
        ']' => (!is_destination(after.strip_prefix(['(', ':'])?)).then_some(Rule::Destination),
        'j' | 'J' | 'v' | 'V' => {
            REFUSED_SCHEMES.iter().any(|scheme| starts_with_scheme(rest, scheme)).then_some(Rule::Scheme)
        }
        'd' | 'D' if is_data(rest) => Some(Rule::Scheme),
        _ => None,
    }
}

/// Whether a link with this text after its opening bracket, or a definition after its colon, leads to a page or a heading. The
/// destination may be on the next line.
fn is_destination(text: &str) -> bool {
    let destination = text.trim_start();
    DESTINATIONS.iter().any(|start| starts_with_scheme(destination, start))
}

/// Whether a text begins with a scheme, whatever its case.
fn starts_with_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// Whether a text begins with a URL of the scheme `data`: prose has a space after the colon, a URL has not.
fn is_data(text: &str) -> bool {
    let rest = text.get("data:".len()..).filter(|_| starts_with_scheme(text, "data:"));
    rest.is_some_and(|rest| rest.starts_with(|next: char| !next.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> (usize, Rule) {
        match parse(text) {
            Err(MarkdownError::Refused { line, rule }) => (line, rule),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn plain_markdown_is_kept_as_it_is() {
        let text = "# Water changes\n\nNitrate < 50 mg/L, ammonia <0.1 mg/L.\n\n- [page](https://example.org/a_(b))\n- [top](#water-changes)\n\n> Data: see [1].\n\n| a | b |\n|---|---|\n| `x` | **y** |\n\n[ref]: https://example.org\n\n1. Wait! [really](http://example.org)";
        assert_eq!(parse(text).as_deref(), Ok(text));
        assert_eq!(parse("  a\r\nb \n").as_deref(), Ok("a\nb"));
    }

    #[test]
    fn what_could_harm_a_reader_is_refused_with_its_line() {
        for (text, rule) in [
            ("<script>alert(1)</script>", Rule::Html),
            ("a <b>bold</b>", Rule::Html),
            ("</div>", Rule::Html),
            ("<!-- hidden -->", Rule::Html),
            ("<?php", Rule::Html),
            ("<https://example.org>", Rule::Html),
            ("`<img src=x onerror=y>`", Rule::Html),
            ("\\<b>", Rule::Html),
            ("![a](https://example.org/a.png)", Rule::Image),
            ("Stop![a](https://example.org)", Rule::Image),
            ("[a](javascript:alert(1))", Rule::Destination),
            ("[a]( JaVaScRiPt:alert(1))", Rule::Destination),
            ("[a](\njavascript:x)", Rule::Destination),
            ("[a](&#106;avascript:x)", Rule::Destination),
            ("[a](java\\script:x)", Rule::Destination),
            ("[a](data:text/html,x)", Rule::Destination),
            ("[a](//example.org)", Rule::Destination),
            ("[a](/points)", Rule::Destination),
            ("[a](mailto:a@example.org)", Rule::Destination),
            ("[a]()", Rule::Destination),
            ("[a]: javascript:x", Rule::Destination),
            ("[a]:\n  data:x", Rule::Destination),
            ("see JAVASCRIPT:x", Rule::Scheme),
            ("see vbscript:x", Rule::Scheme),
            ("see data:text/html;base64,x", Rule::Scheme),
        ] {
            assert_eq!(refused(text), (1, rule), "{text}");
            assert_eq!(refused(&format!("# A\n\nText.\n{text}\n")), (4, rule), "{text}");
        }
    }

    #[test]
    fn texts_are_bounded_and_visible() {
        assert_eq!(parse(&"é".repeat(MAX_MARKDOWN_BYTES / 2 + 1)), Err(MarkdownError::TooLong));
        assert!(parse(&"a".repeat(MAX_MARKDOWN_BYTES)).is_ok());
        assert!(matches!(parse(" \n "), Err(MarkdownError::Text(_))));
        assert!(matches!(parse("a\u{202e}b"), Err(MarkdownError::Text(_))));
    }

    proptest! {
        /// Nothing around a harmful piece hides it.
        #[test]
        fn a_harmful_piece_is_refused_wherever_it_is(
            before in "[a-z0-9 `*_#>\\\\~\\n\\[\\](!-]{0,40}", after in "[a-z `*_~)\\n]{0,20}", piece in 0_usize..6,
        ) {
            let pieces = ["<b>", "![x](https://a.b)", "[x](javascript:y)", "[x]: vbscript:y", "</p>", "<!--"];
            let text = format!("{before}{}{after}", pieces[piece]);
            prop_assert!(matches!(parse(&text), Err(MarkdownError::Refused { .. })), "{}", text);
        }

        #[test]
        fn what_is_accepted_is_accepted_unchanged(text in "[ -~\\n]{0,80}") {
            if let Ok(parsed) = parse(&text) {
                let again = parse(&parsed);
                prop_assert_eq!(again.as_deref(), Ok(parsed.as_str()));
            }
        }
    }
}
