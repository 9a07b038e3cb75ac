//! Validation that reports every invalid field of a part of a request, not only the first.

use std::fmt::Display;

use super::{FieldError, Problem, Rule};

/// Collects the errors of a request's fields.
#[derive(Debug, Default)]
pub struct Fields {
    errors: Vec<FieldError>,
    of_parameters: bool,
}

impl Fields {
    /// No errors yet, of fields of the body.
    pub fn new() -> Self {
        Self::default()
    }

    /// No errors yet, of headers and parameters.
    pub fn of_parameters() -> Self {
        Self { errors: Vec::new(), of_parameters: true }
    }

    /// The field's value if it is valid; otherwise its error is kept.
    pub fn check<T, E: Display>(&mut self, field: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.refuse(field, error)).ok()
    }

    /// Adds an error of a field.
    pub fn refuse(&mut self, field: &str, message: impl Display) {
        let message = message.to_string();
        self.errors.push(if self.of_parameters {
            FieldError::of_parameter(field, Rule::Invalid, message)
        } else {
            FieldError::in_body(field, message)
        });
    }

    /// All values if there is no error.
    pub fn all<T: crate::config::Complete>(self, values: T) -> Result<T::Values, Problem> {
        match values.complete() {
            Some(values) if self.errors.is_empty() => Ok(values),
            _ => Err(Problem::invalid(self.errors)),
        }
    }
}
