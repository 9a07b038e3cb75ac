//! What a client is refused, and how it reads. Refusals go over the socket as `error`, and the socket stays open unless
//! the text says otherwise.

use crate::domain::incoming::Refusal;

impl Refusal {
    /// Its code.
    pub const fn code(self) -> &'static str {
        self.texts().0
    }

    /// What the client may read.
    pub const fn detail(self) -> &'static str {
        self.texts().1
    }

    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::NoValidToken => ("realtime.no_valid_token", "A connection needs a valid access token."),
            Self::SessionEnded => ("realtime.session_ended", "The session of this token has ended. Sign in again."),
            Self::NotText => ("realtime.not_text", "Messages are JSON texts, not bytes."),
            Self::TooLarge => ("realtime.message_too_large", "A message has 8,192 bytes at most."),
            Self::Malformed => {
                ("realtime.malformed_message", "A message is a JSON object {type, id, data} of the shape of its type.")
            }
            Self::UnknownType => ("realtime.unknown_type", "The types are ping, resume and authenticate."),
            Self::TokenExpired => (
                "realtime.token_expired",
                "The access token has run out. The socket is closed: connect with a new one.",
            ),
            Self::TokenInvalid => ("realtime.token_invalid", "The access token is not valid."),
            Self::OtherSession => {
                ("realtime.other_session", "The access token is of another session. Open a connection of its own.")
            }
            Self::TooManyConnections => {
                ("realtime.too_many_connections", "A newer connection took the place of this one, which is closed.")
            }
            Self::UnknownConnection => {
                ("realtime.unknown_connection", "The connection is not known any more. It is closed: connect again.")
            }
            Self::Unavailable => ("realtime.unavailable", "The message could not be dealt with. Send it again."),
        }
    }
}
