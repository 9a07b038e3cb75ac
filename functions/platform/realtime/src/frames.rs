//! Frames of the server: JSON texts `{type, id, data}`.

use contracts::identity::SessionEndReason;
use jiff::Timestamp;
use serde_json::json;

use crate::domain::incoming::Refusal;
use crate::domain::log::{Content, Message};

/// A frame of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A message of the log. Its number is the `id`.
    Message(&'a Message),
    /// End of a `resume`: all messages up to `last` were sent. If `more`, send `resume` again.
    Resumed {
        /// Number of the last message that was sent.
        last: u64,
        /// Whether more messages follow.
        more: bool,
    },
    /// The requested messages have expired: read the inbox, and continue from `last`.
    Reset {
        /// Number to continue from.
        last: u64,
    },
    /// Answer to `ping`, with the number of the newest message. Clients behind it send `resume`.
    Pong {
        /// Number of the newest message.
        last: u64,
    },
    /// The new access token was accepted.
    Authenticated {
        /// Expiry of the token.
        until: Timestamp,
    },
    /// The access token has expired. The connection is about to be closed.
    Reauthenticate,
    /// The session has ended. The connection is about to be closed.
    SessionEnded(SessionEndReason),
    /// A message was refused.
    Error(Refusal),
}

impl Frame<'_> {
    /// Returns the JSON text; `answers` is the `id` of the client message that it answers.
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
            Self::Authenticated { until } => ("authenticated", json!({ "until": types::time::text(until) })),
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
