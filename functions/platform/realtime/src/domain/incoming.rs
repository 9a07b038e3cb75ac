//! What clients say: JSON texts `{type, id, data}`.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

/// The most that a client may send at once, in bytes: a token of two kilobytes, and room.
pub const MAX_MESSAGE_BYTES: usize = 8 * 1024;
/// Characters of a client's own id, which comes back with the answer.
const MAX_ID_CHARS: usize = 64;

/// Why a message or a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No access token, or one that does not hold, while connecting.
    NoValidToken,
    /// The session of the token has ended.
    SessionEnded,
    /// Bytes instead of a text.
    NotText,
    /// More bytes than a message may have.
    TooLarge,
    /// No JSON, or not of the shape of its type.
    Malformed,
    /// A type that is not known here.
    UnknownType,
    /// The connection's token has run out.
    TokenExpired,
    /// The token in `authenticate` does not hold.
    TokenInvalid,
    /// The token in `authenticate` is of another user or session.
    OtherSession,
    /// Another connection of the user needs the place.
    TooManyConnections,
    /// The connection is not known: it was closed, or its user is gone.
    UnknownConnection,
    /// Something on the server's side failed.
    Unavailable,
}

/// An access token that came over a socket. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Token(pub String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Is anybody there?
    Ping,
    /// What came after this number? Without one: where does the log end?
    Resume(Option<u64>),
    /// Here is a new token.
    Authenticate(Token),
}

/// A client's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The client's own id of it.
    pub id: Option<String>,
    /// What it asks for, or why it cannot be understood.
    pub ask: Result<Ask, Refusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    r#type: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    data: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResumeData {
    #[serde(default)]
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthenticateData {
    token: Token,
}

impl Incoming {
    /// Reads what a client sent; `None` is bytes.
    pub fn read(text: Option<&str>) -> Self {
        let refused = |refusal| Self { id: None, ask: Err(refusal) };
        let Some(text) = text else { return refused(Refusal::NotText) };
        if text.len() > MAX_MESSAGE_BYTES {
            return refused(Refusal::TooLarge);
        }
        let Ok(raw) = serde_json::from_str::<Raw>(text) else { return refused(Refusal::Malformed) };
        if raw.id.as_ref().is_some_and(|id| id.chars().count() > MAX_ID_CHARS) {
            return refused(Refusal::Malformed);
        }
        let data = raw.data.unwrap_or_else(|| json!({}));
        Self { id: raw.id, ask: ask(&raw.r#type, data) }
    }
}

fn ask(name: &str, data: Value) -> Result<Ask, Refusal> {
    match name {
        "ping" if data == json!({}) => Ok(Ask::Ping),
        "ping" => Err(Refusal::Malformed),
        "resume" => {
            let data: ResumeData = serde_json::from_value(data).map_err(|_| Refusal::Malformed)?;
            let after = data.after.map(|after| number(&after)).transpose()?;
            Ok(Ask::Resume(after))
        }
        "authenticate" => {
            let data: AuthenticateData = serde_json::from_value(data).map_err(|_| Refusal::Malformed)?;
            Ok(Ask::Authenticate(data.token))
        }
        _ => Err(Refusal::UnknownType),
    }
}

/// A message's number: digits, as the server wrote them.
fn number(text: &str) -> Result<u64, Refusal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().map_err(|_| Refusal::Malformed) } else { Err(Refusal::Malformed) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ask_of(text: &str) -> Result<Ask, Refusal> {
        Incoming::read(Some(text)).ask
    }

    #[test]
    fn what_clients_ask_is_understood() {
        assert_eq!(ask_of(r#"{"type":"ping"}"#), Ok(Ask::Ping));
        assert_eq!(ask_of(r#"{"type":"resume","id":"a","data":{"after":"17"}}"#), Ok(Ask::Resume(Some(17))));
        assert_eq!(ask_of(r#"{"type":"resume"}"#), Ok(Ask::Resume(None)));
        let token = ask_of(r#"{"type":"authenticate","data":{"token":"secret"}}"#);
        assert_eq!(token, Ok(Ask::Authenticate(Token("secret".into()))));
        assert!(!format!("{token:?}").contains("secret"));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for text in [
            "",
            "7",
            "[]",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"ping","more":1}"#,
            r#"{"type":"ping","data":{"a":1}}"#,
            r#"{"type":"resume","data":{"after":17}}"#,
            r#"{"type":"resume","data":{"after":"-1"}}"#,
            r#"{"type":"resume","data":{"after":"+1"}}"#,
            r#"{"type":"resume","data":{"after":"99999999999999999999"}}"#,
            r#"{"type":"resume","data":{"user":"x"}}"#,
            r#"{"type":"authenticate"}"#,
        ] {
            assert_eq!(ask_of(text), Err(Refusal::Malformed), "{text}");
        }
        assert_eq!(ask_of(r#"{"type":"pung"}"#), Err(Refusal::UnknownType));
        assert_eq!(ask_of(&" ".repeat(MAX_MESSAGE_BYTES + 1)), Err(Refusal::TooLarge));
        assert_eq!(Incoming::read(None).ask, Err(Refusal::NotText));
        let long = format!(r#"{{"type":"ping","id":"{}"}}"#, "x".repeat(MAX_ID_CHARS + 1));
        assert_eq!(ask_of(&long), Err(Refusal::Malformed));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,200}") {
            Incoming::read(Some(&text));
        }
    }
}
