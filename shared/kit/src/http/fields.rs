//! Validation that reports every invalid field, not only the first.

use std::fmt::Display;

use super::{FieldError, Problem};

/// Collects the errors of a request's fields.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// No errors yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The field's value if it is valid; otherwise its error is kept.
    pub fn check<T, E: Display>(&mut self, field: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.refuse(field, error)).ok()
    }

    /// Adds an error of a field.
    pub fn refuse(&mut self, field: &str, message: impl Display) {
        self.0.push(FieldError { field: field.to_owned(), message: message.to_string() });
    }

    /// All values if there is no error.
    pub fn all<T: crate::config::Complete>(self, values: T) -> Result<T::Values, Problem> {
        match values.complete() {
            Some(values) if self.0.is_empty() => Ok(values),
            _ => Err(Problem::invalid(self.0)),
        }
    }
}
