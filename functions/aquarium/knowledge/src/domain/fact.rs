//! Facts on species, each with its sources. Numbers are integers in canonical units, which the name of the fact says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Maximum length of a text of a fact in characters.
const MAX_TEXT_CHARS: usize = 100;
/// Maximum number of sources of a fact.
pub const MAX_SOURCES_OF_FACT: usize = 20;

/// Name of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FactName {
    /// What it is.
    Kind,
    /// The water it lives in.
    Water,
    /// The accepted scientific name.
    ScientificName,
    /// Family.
    Family,
    /// Order, or class where the source names no order.
    Order,
    /// Size of an adult in millimetres.
    AdultSizeMm,
    /// Smallest net volume of an aquarium for it, in millilitres.
    MinVolumeMl,
    /// Lowest temperature in thousandths of a degree Celsius.
    TemperatureMinMilliC,
    /// Highest temperature in thousandths of a degree Celsius.
    TemperatureMaxMilliC,
    /// Lowest pH in thousandths.
    PhMinMilli,
    /// Highest pH in thousandths.
    PhMaxMilli,
    /// Lowest general hardness (Ca + Mg) in micromoles per litre.
    GhMinUmol,
    /// Highest general hardness (Ca + Mg) in micromoles per litre.
    GhMaxUmol,
    /// Lowest salinity in thousandths (PSS-78).
    SalinityMinMilli,
    /// Highest salinity in thousandths (PSS-78).
    SalinityMaxMilli,
    /// Smallest number of animals that are kept together.
    MinGroup,
    /// Temperament.
    Temperament,
    /// Where in the water it lives.
    Level,
    /// What it eats.
    Diet,
    /// Whether it leaves plants alone.
    PlantSafe,
    /// The least light that it needs.
    Light,
}

/// What the value of a fact may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactRule {
    /// A text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A whole number from the first to the second.
    Number(i64, i64),
}

/// Texts of the fact [`FactName::Temperament`], from the calmest to the most dangerous.
pub const TEMPERAMENTS: [&str; 4] = ["peaceful", "semi_aggressive", "aggressive", "predatory"];

/// Pairs of facts that are the ends of a range.
pub const RANGES: [(FactName, FactName); 4] = [
    (FactName::TemperatureMinMilliC, FactName::TemperatureMaxMilliC),
    (FactName::PhMinMilli, FactName::PhMaxMilli),
    (FactName::GhMinUmol, FactName::GhMaxUmol),
    (FactName::SalinityMinMilli, FactName::SalinityMaxMilli),
];

impl FactName {
    /// All facts.
    pub const ALL: [Self; 21] = [
        Self::Kind,
        Self::Water,
        Self::ScientificName,
        Self::Family,
        Self::Order,
        Self::AdultSizeMm,
        Self::MinVolumeMl,
        Self::TemperatureMinMilliC,
        Self::TemperatureMaxMilliC,
        Self::PhMinMilli,
        Self::PhMaxMilli,
        Self::GhMinUmol,
        Self::GhMaxUmol,
        Self::SalinityMinMilli,
        Self::SalinityMaxMilli,
        Self::MinGroup,
        Self::Temperament,
        Self::Level,
        Self::Diet,
        Self::PlantSafe,
        Self::Light,
    ];

    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Water => "water",
            Self::ScientificName => "scientificName",
            Self::Family => "family",
            Self::Order => "order",
            Self::AdultSizeMm => "adultSizeMm",
            Self::MinVolumeMl => "minVolumeMl",
            Self::TemperatureMinMilliC => "temperatureMinMilliC",
            Self::TemperatureMaxMilliC => "temperatureMaxMilliC",
            Self::PhMinMilli => "phMinMilli",
            Self::PhMaxMilli => "phMaxMilli",
            Self::GhMinUmol => "ghMinUmol",
            Self::GhMaxUmol => "ghMaxUmol",
            Self::SalinityMinMilli => "salinityMinMilli",
            Self::SalinityMaxMilli => "salinityMaxMilli",
            Self::MinGroup => "minGroup",
            Self::Temperament => "temperament",
            Self::Level => "level",
            Self::Diet => "diet",
            Self::PlantSafe => "plantSafe",
            Self::Light => "light",
        }
    }

    /// Returns what its value may be. The bounds of numbers are wider than what any species in an aquarium needs: they find values
    /// in a wrong unit.
    pub const fn rule(self) -> FactRule {
        match self {
            Self::Kind => FactRule::Choice(&["fish", "invertebrate", "coral", "plant"]),
            Self::Water => FactRule::Choice(&["fresh", "brackish", "marine"]),
            Self::ScientificName | Self::Family | Self::Order => FactRule::Text,
            Self::AdultSizeMm => FactRule::Number(1, 5_000),
            Self::MinVolumeMl => FactRule::Number(100, 50_000_000),
            Self::TemperatureMinMilliC | Self::TemperatureMaxMilliC => FactRule::Number(-2_000, 45_000),
            Self::PhMinMilli | Self::PhMaxMilli => FactRule::Number(3_000, 11_000),
            Self::GhMinUmol | Self::GhMaxUmol => FactRule::Number(0, 20_000),
            Self::SalinityMinMilli | Self::SalinityMaxMilli => FactRule::Number(0, 60_000),
            Self::MinGroup => FactRule::Number(1, 100),
            Self::Temperament => FactRule::Choice(&TEMPERAMENTS),
            Self::Level => FactRule::Choice(&["bottom", "middle", "top", "all"]),
            Self::Diet => {
                FactRule::Choice(&["herbivore", "omnivore", "carnivore", "detritivore", "filter", "photosynthetic"])
            }
            Self::PlantSafe => FactRule::Choice(&["yes", "no"]),
            Self::Light => FactRule::Choice(&["low", "medium", "high"]),
        }
    }
}

/// Value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FactValue {
    /// A number in the unit that the name of the fact says.
    Number(i64),
    /// A text.
    Text(String),
}

/// A fact with the slugs of its sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fact {
    /// Value.
    pub value: FactValue,
    /// Slugs of the sources.
    pub sources: BTreeSet<String>,
}

/// Facts by their names.
pub type Facts = BTreeMap<FactName, Fact>;

impl FactName {
    /// Returns the rule that a value breaks, if it breaks one.
    pub fn broken_by(self, value: &FactValue) -> Option<String> {
        match (self.rule(), value) {
            (FactRule::Text, FactValue::Text(text)) => match text::line(text, MAX_TEXT_CHARS) {
                Ok(clean) if clean == *text => None,
                Ok(_) => Some("must not have spaces around it".to_owned()),
                Err(error) => Some(error.to_string()),
            },
            (FactRule::Text, FactValue::Number(_)) => Some("must be a text".to_owned()),
            (FactRule::Choice(choices), value) => {
                let is_one = matches!(value, FactValue::Text(text) if choices.contains(&text.as_str()));
                (!is_one).then(|| format!("must be one of {}", choices.join(", ")))
            }
            (FactRule::Number(least, most), value) => {
                let is_one = matches!(value, FactValue::Number(number) if (least..=most).contains(number));
                (!is_one).then(|| format!("must be a whole number from {least} to {most}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json() {
        for name in FactName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
        }
        let unique: BTreeSet<_> = FactName::ALL.into_iter().collect();
        assert_eq!(unique.len(), FactName::ALL.len());
    }

    #[test]
    fn values_follow_the_rule_of_their_fact() {
        let number = FactValue::Number;
        let text = |text: &str| FactValue::Text(text.to_owned());
        assert_eq!(FactName::PhMinMilli.broken_by(&number(6_500)), None);
        // A pH that was not multiplied by 1000.
        assert!(FactName::PhMinMilli.broken_by(&number(7)).is_some());
        assert!(FactName::PhMinMilli.broken_by(&text("6500")).is_some());
        assert_eq!(FactName::Temperament.broken_by(&text("peaceful")), None);
        assert!(FactName::Temperament.broken_by(&text("friendly")).is_some());
        assert!(FactName::Temperament.broken_by(&number(1)).is_some());
        assert!(FactName::Family.broken_by(&text("")).is_some());
        assert!(FactName::Family.broken_by(&number(1)).is_some());
        assert_eq!(FactName::Family.broken_by(&text("Characidae")), None);
    }
}
