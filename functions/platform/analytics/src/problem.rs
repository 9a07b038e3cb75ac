//! Problems of this context: every code that it answers with is in this file.

use kit::http::Problem;

use crate::store::ValuesError;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No metric has this name.
    NoSuchMetric,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchMetric => Self::not_found("analytics.no_such_metric"),
        }
    }
}

impl From<ValuesError> for Problem {
    fn from(error: ValuesError) -> Self {
        match error {
            ValuesError::Store(error) => error.into(),
            ValuesError::Undeclared(_) | ValuesError::TooManyRows(_) | ValuesError::Sketch(_) => Self::internal(error),
        }
    }
}
