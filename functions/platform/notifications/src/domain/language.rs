//! Languages that messages are written in.

use serde::{Deserialize, Serialize};

/// A language that every template is written in: a test renders each in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = NotificationLanguage)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language with this code (ISO 639-1, in any case; a region after it is ignored), or the default one.
    pub fn of_code(code: Option<&str>) -> Self {
        let code = code.unwrap_or_default().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(code)).unwrap_or_default()
    }

    /// Its code (ISO 639-1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_templates_is_the_default_language() {
        for german in ["de", "DE", "de-AT", "de_CH"] {
            assert_eq!(Language::of_code(Some(german)), Language::De);
        }
        for other in [None, Some(""), Some("tr"), Some("deutsch")] {
            assert_eq!(Language::of_code(other), Language::En);
        }
    }
}
