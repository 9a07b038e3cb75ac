//! Reasons why something could not be read, without the values that it has.
//!
//! serde quotes the value that it cannot use, and that may be personal data or a secret. A reason goes into logs and dead
//! letters, so it keeps what was expected, and where, and leaves out what was there.

use std::fmt::Display;

/// serde's messages that name a value and then what was expected instead.
const NAMING_VALUES: [(&str, &str); 4] = [
    ("invalid type: ", "invalid type"),
    ("invalid value: ", "invalid value"),
    ("unknown variant ", "unknown variant"),
    ("unknown field ", "unknown field"),
];
/// serde's messages that name fields of our own types only.
const NAMING_FIELDS: [&str; 2] = ["missing field `", "duplicate field `"];
/// What stands in the place of a value.
const OMITTED: char = '…';

/// The text of a deserialization error without the values that it quotes.
pub fn without_values(error: &impl Display) -> String {
    let text = error.to_string();
    if NAMING_FIELDS.iter().any(|start| text.starts_with(start)) {
        return text;
    }
    match NAMING_VALUES.iter().find(|(start, _)| text.starts_with(start)) {
        // The value may contain anything, also this separator; what was expected does not contain it.
        Some((_, kind)) => match text.rsplit_once(", expected ") {
            Some((_, expected)) => format!("{kind}, expected {expected}"),
            None => (*kind).to_owned(),
        },
        None => unquoted(&text),
    }
}

/// The text without what is in quotation marks or backticks. An open quotation ends with the text.
fn unquoted(text: &str) -> String {
    let mut rest = text;
    let mut result = String::new();
    while let Some(start) = rest.find(['"', '`']) {
        let (before, quoted) = rest.split_at(start);
        result.push_str(before);
        result.push(OMITTED);
        let mark = if quoted.starts_with('"') { '"' } else { '`' };
        rest = quoted[1..].split_once(mark).map_or("", |(_, after)| after);
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors matter")]
    struct Data {
        user: types::UserId,
        amount: u8,
        kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Kind {
        Gift,
        Loan,
    }

    fn reason(json: &str) -> String {
        without_values(&serde_json::from_str::<Data>(json).unwrap_err())
    }

    #[test]
    fn a_reason_says_what_was_expected_and_not_what_was_there() {
        let secret = "ann, expected \\\"x\\\" `y` @example.com";
        for json in [
            format!(r#"{{ "user": "{secret}" }}"#),
            format!(r#"{{ "user": 7, "amount": "{secret}" }}"#),
            format!(r#"{{ "amount": "{secret}" }}"#),
            format!(r#"{{ "kind": "{secret}" }}"#),
            format!(r#"{{ "{secret}": 1 }}"#),
            format!(r#""{secret}""#),
        ] {
            let reason = reason(&json);
            for part in ["ann", "example", "`y`"] {
                assert!(!reason.contains(part), "{json}: {reason}");
            }
            assert!(!reason.is_empty());
        }
        assert_eq!(reason(r#"{ "amount": 300 }"#), "invalid value, expected u8 at line 1 column 15");
        assert_eq!(reason(r#"{ "kind": "ann" }"#), "unknown variant, expected `gift` or `loan` at line 1 column 15");
        assert_eq!(reason("{}"), "missing field `user` at line 1 column 2");
        assert!(reason(r#"{ "user": "nobody" }"#).contains("UUID"));
    }

    #[test]
    fn an_open_quotation_ends_with_the_text() {
        assert_eq!(unquoted("found `n` at \"a`b\" and `rest"), "found … at … and …");
        assert_eq!(unquoted("nothing"), "nothing");
    }
}
