//! Why a command could not do its work.

use std::fmt::{self, Display};

/// One sentence for the person who ran the command: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

/// What a command answers.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// A failure with a formatted sentence, as the error of a `Result`.
macro_rules! refuse {
    ($($text:tt)*) => {
        Err($crate::failure::Failure::new(format!($($text)*)))
    };
}
pub(crate) use refuse;

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}
