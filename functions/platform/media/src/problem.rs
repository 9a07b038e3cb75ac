//! How this context's refusals read: every code it answers with is in this file.

use kit::http::Problem;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such media, or the caller may not know of it.
    NoSuchMedia,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchMedia => Self::not_found("media.no_such_media"),
        }
    }
}
