//! What the server says: JSON texts `{type, id, data}`.

use contracts::identity::SessionEndReason;
use jiff::Timestamp;
use serde_json::json;

use crate::domain::incoming::Refusal;
use crate::domain::log::{Content, Message};

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A message of the log; its number is the id.
    Message(&'a Message),
    /// All up to `last` has been sent; if there is more, ask again.
    Resumed {
        /// The number that the client has reached.
        last: u64,
        /// Whether to ask again.
        more: bool,
    },
    /// What was asked for is not kept: read the inbox, and go on from `last`.
    Reset {
        /// The number to go on from.
        last: u64,
    },
    /// The server is there, and this is the newest message's number: who has less asks for the rest.
    Pong {
        /// The number.
        last: u64,
    },
    /// The new token was taken.
    Authenticated {
        /// When it ends.
        until: Timestamp,
    },
    /// The token has run out, and the socket is about to be closed.
    Reauthenticate,
    /// The session is over, and the socket is about to be closed.
    SessionEnded(SessionEndReason),
    /// A message was refused.
    Error(Refusal),
}

impl Frame<'_> {
    /// The text that is sent; `answers` is the id of the client's message that it answers.
    pub fn text(&self, answers: Option<&str>) -> String {
        let number = |number: &u64| number.to_string();
        let (name, data) = match self {
            Self::Message(message) => {
                let Content::Notification(notification) = &message.content;
                let id = message.number.to_string();
                return json!({ "type": "notification", "id": id, "data": notification }).to_string();
            }
            Self::Resumed { last, more } => ("resumed", json!({ "last": number(last), "more": more })),
            Self::Reset { last } => ("reset", json!({ "last": number(last) })),
            Self::Pong { last } => ("pong", json!({ "last": number(last) })),
            Self::Authenticated { until } => ("authenticated", json!({ "until": until })),
            Self::Reauthenticate => ("reauthenticate", json!({})),
            Self::SessionEnded(reason) => ("session_ended", json!({ "reason": reason })),
            Self::Error(refusal) => ("error", json!({ "code": refusal.code(), "detail": refusal.detail() })),
        };
        match answers {
            Some(id) => json!({ "type": name, "id": id, "data": data }),
            None => json!({ "type": name, "data": data }),
        }
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_carries_the_id_of_what_it_answers() {
        let pong = Frame::Pong { last: 3 };
        assert_eq!(pong.text(Some("a")), r#"{"data":{"last":"3"},"id":"a","type":"pong"}"#);
        assert_eq!(pong.text(None), r#"{"data":{"last":"3"},"type":"pong"}"#);
        let ended = Frame::SessionEnded(SessionEndReason::DeviceLimit).text(None);
        assert_eq!(ended, r#"{"data":{"reason":"device_limit"},"type":"session_ended"}"#);
    }
}
