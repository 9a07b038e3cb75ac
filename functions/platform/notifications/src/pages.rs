//! Pages that links in e-mails open in a browser.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::notifications::Category;

use crate::domain::branding::Branding;
use crate::domain::language::Language;
use crate::templates::{self, TemplateError};

/// The page brings its own style, runs no script, loads nothing, and sends its form to its own host only. The address holds
/// a token: no other host learns of it, and no cache keeps it.
const HEADERS: [(&str, &str); 5] = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
];

/// What the unsubscribe page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsubscribePage<'a> {
    /// A question, and a button that sends the token.
    Confirm {
        /// The e-mails that the token turns off.
        category: Category,
        /// The token of the e-mail's link.
        token: &'a str,
    },
    /// The e-mails are turned off.
    Done {
        /// The e-mails that were turned off.
        category: Category,
    },
    /// The token is not valid.
    Invalid,
}

impl UnsubscribePage<'_> {
    /// The page as a response: 200, or 400 for a token that is not valid.
    pub fn response(self, branding: &Branding, language: Language) -> Result<Response, TemplateError> {
        let status = if self == Self::Invalid { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        Ok((status, HEADERS, templates::unsubscribe_page(self, branding, language)?).into_response())
    }
}
