//! Scopes of API keys.

use std::fmt;
use std::str::FromStr;

/// Scope of an API key. Users need no scopes: their roles decide.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[schema(as = ApiKeyScope)]
pub enum Scope {
    /// Send notifications.
    #[serde(rename = "notifications:send")]
    NotificationsSend,
    /// Read all accounts.
    #[serde(rename = "users:read")]
    UsersRead,
}

/// Unknown scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a known scope")]
pub struct UnknownScope;

impl Scope {
    /// All values.
    pub const ALL: [Self; 2] = [Self::NotificationsSend, Self::UsersRead];

    /// Returns the name: resource and action.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotificationsSend => "notifications:send",
            Self::UsersRead => "users:read",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_text_and_in_json() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            let read = Scope::deserialize(StrDeserializer::<Error>::new(scope.as_str()));
            assert_eq!(read, Ok(scope));
        }
        assert_eq!("users:write".parse::<Scope>(), Err(UnknownScope));
    }

    use serde::Deserialize;
    use serde::de::value::{Error, StrDeserializer};
}
