//! Messages of clients: JSON texts `{type, id, data}`.

use serde::Deserialize;
use serde_json::{Value, json};

/// Maximum size of a message in bytes: enough for a token of 2 KB.
pub const MAX_MESSAGE_BYTES: usize = 8 * 1024;
/// Maximum length of a message `id` in characters.
const MAX_ID_CHARS: usize = 64;

/// Reason why a message or connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Missing or invalid access token during connect.
    NoValidToken,
    /// The page that connects is not on the list of allowed origins.
    OriginNotAllowed,
    /// The session of the access token has ended.
    SessionEnded,
    /// Binary message.
    NotText,
    /// Message too large.
    TooLarge,
    /// Invalid JSON, or invalid data for the type.
    Malformed,
    /// Unknown message type.
    UnknownType,
    /// The access token of the connection has expired.
    TokenExpired,
    /// Invalid token in `authenticate`.
    TokenInvalid,
    /// The token in `authenticate` belongs to another user or session.
    OtherSession,
    /// Closed because of the limit of connections per user.
    TooManyConnections,
    /// The user requested missed messages too often.
    TooManyResumes,
    /// Unknown connection: it was closed, or its user was deleted.
    UnknownConnection,
    /// Internal error.
    Unavailable,
}

/// Access token from a message. `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Token(pub String);

types::redacted!(Token);

/// Command of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Liveness check.
    Ping,
    /// Request for the messages after a number. Without a number: the end of the log.
    Resume(Option<u64>),
    /// New access token.
    Authenticate(Token),
}

/// A message of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// `id` that the client chose.
    pub id: Option<String>,
    /// The command, or the reason why it is refused.
    pub ask: Result<Command, Refusal>,
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
    /// Parses a message; `None` is a binary message.
    pub fn read(text: Option<&str>) -> Self {
        let refused = |refusal| Self { id: None, ask: Err(refusal) };
        let Some(text) = text else { return refused(Refusal::NotText) };
        if text.len() > MAX_MESSAGE_BYTES {
            return refused(Refusal::TooLarge);
        }
        // Serde reads an array as a struct, by the order of its fields.
        let is_object = text.trim_start().starts_with('{');
        let Some(raw) = is_object.then(|| serde_json::from_str::<Raw>(text).ok()).flatten() else {
            return refused(Refusal::Malformed);
        };
        if raw.id.as_ref().is_some_and(|id| id.chars().count() > MAX_ID_CHARS) {
            return refused(Refusal::Malformed);
        }
        let data = raw.data.unwrap_or_else(|| json!({}));
        if !data.is_object() {
            return refused(Refusal::Malformed);
        }
        Self { id: raw.id, ask: ask(&raw.r#type, data) }
    }
}

fn ask(name: &str, data: Value) -> Result<Command, Refusal> {
    match name {
        "ping" if data == json!({}) => Ok(Command::Ping),
        "ping" => Err(Refusal::Malformed),
        "resume" => {
            let data: ResumeData = serde_json::from_value(data).map_err(|_| Refusal::Malformed)?;
            let after = data.after.map(|after| number(&after)).transpose()?;
            Ok(Command::Resume(after))
        }
        "authenticate" => {
            let data: AuthenticateData = serde_json::from_value(data).map_err(|_| Refusal::Malformed)?;
            Ok(Command::Authenticate(data.token))
        }
        _ => Err(Refusal::UnknownType),
    }
}

/// Parses a message number.
fn number(text: &str) -> Result<u64, Refusal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().map_err(|_| Refusal::Malformed) } else { Err(Refusal::Malformed) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ask_of(text: &str) -> Result<Command, Refusal> {
        Incoming::read(Some(text)).ask
    }

    #[test]
    fn what_clients_ask_is_understood() {
        assert_eq!(ask_of(r#"{"type":"ping"}"#), Ok(Command::Ping));
        assert_eq!(ask_of(r#"{"type":"resume","id":"a","data":{"after":"17"}}"#), Ok(Command::Resume(Some(17))));
        assert_eq!(ask_of(r#"{"type":"resume"}"#), Ok(Command::Resume(None)));
        let token = ask_of(r#"{"type":"authenticate","data":{"token":"secret"}}"#);
        assert_eq!(token, Ok(Command::Authenticate(Token("secret".into()))));
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
            r#"["ping","1",null]"#,
            r#"{"type":"resume","data":["17"]}"#,
            r#"{"type":"authenticate","data":["secret"]}"#,
            r#"{"type":"ping","type":"ping"}"#,
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
