//! Implementations that every type around a valid text needs.

/// Implements the conversions that serde uses (`try_from = "String", into = "String"`) for a type around a `String` with
/// `fn parse(&str) -> Result<Self, Error>`.
#[macro_export]
macro_rules! parsed_from_string {
    ($name:ident, $error:ty) => {
        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

/// The text is not a code, or is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {max_chars} lower-case letters a-z, digits and single hyphens between them, like {example}")]
pub struct NotACode {
    /// Maximum length in characters.
    pub max_chars: usize,
    /// A code of this kind.
    pub example: &'static str,
}

/// Declares types of codes ([`is_code`](crate::is_code)), one for each kind of thing, so that they cannot be confused. The
/// maximum length and the example are literals: the error and the schema state them. The calling crate needs `serde` and
/// `utoipa`.
#[macro_export]
macro_rules! codes {
    (max_chars: $max_chars:tt, example: $example:tt, $($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = $max_chars, examples($example))]
        pub struct $name(String);

        impl $name {
            /// Parses a code.
            pub fn parse(text: &str) -> Result<Self, $crate::NotACode> {
                let fits = text.len() <= $max_chars && $crate::is_code(text);
                let error = $crate::NotACode { max_chars: $max_chars, example: $example };
                fits.then(|| Self(text.to_owned())).ok_or(error)
            }

            /// Returns the code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        $crate::parsed_from_string!($name, $crate::NotACode);
    )+};
}

/// Implements `Debug` without the value, for personal data and secrets.
#[macro_export]
macro_rules! redacted {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}
