//! Error codes of the WebSocket API. They are sent as `error` frames, and the connection stays open unless the text
//! says otherwise.

use crate::domain::incoming::Refusal;

impl Refusal {
    /// Returns the error code.
    pub const fn code(self) -> &'static str {
        self.texts().0
    }

    /// Returns the text for the client.
    pub const fn detail(self) -> &'static str {
        self.texts().1
    }

    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::NoValidToken => ("realtime.no_valid_token", "A valid access token is required to connect."),
            Self::OriginNotAllowed => (
                "realtime.origin_not_allowed",
                "Pages of this origin may not connect. Add the origin to the parameter AllowedOrigins of the deployment.",
            ),
            Self::SessionEnded => ("realtime.session_ended", "The session of this token has ended. Sign in again."),
            Self::NotText => ("realtime.not_text", "Messages must be JSON text, not binary."),
            Self::TooLarge => ("realtime.message_too_large", "A message must not exceed 8,192 bytes."),
            Self::Malformed => (
                "realtime.malformed_message",
                "A message must be a JSON object {type, id, data} that is valid for its type.",
            ),
            Self::UnknownType => {
                ("realtime.unknown_type", "Unknown type. Supported types: ping, resume, authenticate.")
            }
            Self::TokenExpired => (
                "realtime.token_expired",
                "The access token has expired, so the connection is closed. Connect with a new token.",
            ),
            Self::TokenInvalid => ("realtime.token_invalid", "The access token is invalid. Refresh it and try again."),
            Self::OtherSession => (
                "realtime.other_session",
                "The access token belongs to another session. Open a separate connection for it.",
            ),
            Self::TooManyConnections => (
                "realtime.too_many_connections",
                "The connection limit of 20 per user was reached, so the oldest connection was closed.",
            ),
            Self::TooManyResumes => (
                "realtime.too_many_resumes",
                "Missed messages were requested 200 times within 15 minutes. Read the inbox, and resume later.",
            ),
            Self::UnknownConnection => {
                ("realtime.unknown_connection", "The connection is unknown and was closed. Connect again.")
            }
            Self::Unavailable => ("realtime.unavailable", "The message could not be processed. Send it again."),
        }
    }
}
