//! Validation that reports every invalid field of a part of a request, not only the first.

use std::fmt::Display;

use super::location::Location;
use super::{FieldError, Problem, Rule};

/// The message of a missing field.
const MISSING: &str = "is required";

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

    /// The value of a field that must be there; otherwise an error with the rule `required` is kept.
    pub fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.errors.push(if self.of_parameters {
                FieldError::of_parameter(field, Rule::Required, MISSING)
            } else {
                FieldError::at(&Location::of_field(field), Rule::Required, MISSING)
            });
        }
        value
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

    /// Fails with all errors that the check of a whole value of the body found. `field` names the field that an error is about.
    pub fn refuse_all<E: Display>(
        errors: impl IntoIterator<Item = E>,
        field: impl Fn(&E) -> &'static str,
    ) -> Result<(), Problem> {
        let mut fields = Self::new();
        for error in errors {
            fields.refuse(field(&error), error);
        }
        fields.all((Some(()),)).map(|_| ())
    }

    /// All values if there is no error.
    pub fn all<T: crate::config::Complete>(self, values: T) -> Result<T::Values, Problem> {
        match values.complete() {
            Some(values) if self.errors.is_empty() => Ok(values),
            _ => Err(Problem::invalid(self.errors)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_invalid_fields_are_reported_together() {
        let mut fields = Fields::of_parameters();
        assert_eq!(fields.required("near", None::<&str>), None);
        assert_eq!(fields.required("kind", Some("food")), Some("food"));
        assert_eq!(fields.check("limit", Err::<u32, _>("must be 1 to 100")), None);
        let rules: Vec<_> = fields.errors.iter().map(|error| (error.field.as_str(), error.rule)).collect();
        assert_eq!(rules, [("near", Rule::Required), ("limit", Rule::Invalid)]);
        assert!(fields.all((Some(()),)).is_err());
    }

    #[test]
    fn a_whole_value_is_valid_if_its_check_finds_nothing() {
        assert!(Fields::refuse_all(Vec::<&str>::new(), |_| "until").is_ok());
        assert!(Fields::refuse_all(["must be in the future"], |_| "until").is_err());
    }
}
