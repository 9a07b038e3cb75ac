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
