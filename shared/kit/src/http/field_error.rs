//! Invalid fields of requests.

use serde::Serialize;
use utoipa::ToSchema;

use super::location::Location;

/// The kind of rule that a field breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FieldRule)]
pub enum Rule {
    /// The field is missing.
    Required,
    /// There is no such field.
    Unknown,
    /// The field occurs more than once.
    Duplicate,
    /// The value has another JSON type.
    Type,
    /// The value is none of a fixed set.
    Enum,
    /// The text has another format.
    Format,
    /// The text or the array is too short or too long.
    Length,
    /// The number is too small or too large.
    Range,
    /// Another rule, which the message names.
    Invalid,
}

/// An invalid field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Path of the field in the body, or name of the header or parameter.
    #[schema(example = "device.name")]
    pub field: String,
    /// JSON Pointer (RFC 6901) to the field in the body. Absent for headers and parameters.
    #[schema(example = "/device/name")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Kind of the rule that the field breaks, for program logic.
    pub rule: Rule,
    /// The rule and what to send instead, to be read after the field's name.
    #[schema(example = "must be 1 to 64 characters")]
    pub message: String,
}

impl FieldError {
    /// An error of a value in the body.
    pub(super) fn at(location: &Location, rule: Rule, message: impl Into<String>) -> Self {
        Self { field: location.field(), pointer: Some(location.pointer()), rule, message: message.into() }
    }

    /// An error of a field of the body that is named by its path.
    pub(super) fn in_body(field: &str, message: impl Into<String>) -> Self {
        Self::at(&Location::of_field(field), Rule::Invalid, message)
    }

    /// An error of a header or a parameter.
    pub(super) fn of_parameter(name: &str, rule: Rule, message: impl Into<String>) -> Self {
        Self { field: name.to_owned(), pointer: None, rule, message: message.into() }
    }
}
