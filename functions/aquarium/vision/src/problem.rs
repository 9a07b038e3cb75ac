//! How this context's refusals read: every code it answers with is in this file.

use kit::http::Problem;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The identification does not exist, or the caller may not see it.
    NoSuchIdentification,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchIdentification => Self::not_found("vision.no_such_identification"),
        }
    }
}
