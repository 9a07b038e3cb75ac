//! What a model suggests, checked: an answer is used as a whole or not at all.

use serde::{Deserialize, Serialize};
use water::{Entered, Parameter, UnitError, canonical};

/// The most suggestions of an answer.
pub const MAX_SUGGESTIONS: usize = 20;
/// The longest name of a species, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// How sure a model is, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent(u8);

impl Percent {
    /// Returns the percent of a fraction from 0 to 1, rounded; none for any other number.
    pub fn of_fraction(fraction: f64) -> Option<Self> {
        if !(0.0..=1.0).contains(&fraction) {
            return None;
        }
        // Formatting rounds, and needs no cast. A negative zero is in the range, and would keep its sign.
        format!("{:.0}", (fraction * 100.0).abs()).parse().ok().map(Self)
    }

    /// Returns the number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A species that may be in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeciesSuggestion {
    /// Name, as the model calls the species.
    pub name: String,
    /// Confidence.
    pub confidence: Percent,
}

/// A water value that a test strip may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueSuggestion {
    /// Parameter.
    pub parameter: Parameter,
    /// Value with its unit.
    pub entered: Entered,
    /// Confidence.
    pub confidence: Percent,
}

/// The suggestions for a picture, of the kind that was looked for; the most confident first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Species.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub species: Vec<SpeciesSuggestion>,
    /// Values, one per parameter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueSuggestion>,
}

/// Why an answer is not used. No text quotes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAnswer {
    /// There are too many suggestions.
    #[error("the answer has {0} suggestions, over {MAX_SUGGESTIONS}")]
    TooMany(usize),
    /// A name is empty, too long or not printable.
    #[error("a name of the answer is not 1 to {MAX_NAME_CHARS} printable characters")]
    Name,
    /// A confidence is no number from 0 to 1.
    #[error("a confidence of the answer is not a number from 0 to 1")]
    Confidence,
    /// A unit does not fit its parameter, or a value cannot be stored.
    #[error("a value of the answer: {0}")]
    Value(UnitError),
    /// A value is one that water with living animals cannot have.
    #[error("a value of the answer is not plausible")]
    Implausible,
}

impl Findings {
    /// Checks names of species with fractions from 0 to 1. Of a name that occurs more than once, the most confident
    /// suggestion is kept.
    pub fn of_species(answer: &[(String, f64)]) -> Result<Self, InvalidAnswer> {
        at_most(answer.len())?;
        let parsed = answer.iter().map(|(name, fraction)| {
            let name = types::line(name, MAX_NAME_CHARS).map_err(|_| InvalidAnswer::Name)?;
            Ok(SpeciesSuggestion { name, confidence: confidence(*fraction)? })
        });
        let mut species = parsed.collect::<Result<Vec<_>, InvalidAnswer>>()?;
        species.sort_by(|one, other| other.confidence.cmp(&one.confidence).then_with(|| one.name.cmp(&other.name)));
        let mut kept: Vec<SpeciesSuggestion> = Vec::with_capacity(species.len());
        for suggestion in species {
            if kept.iter().all(|before| before.name != suggestion.name) {
                kept.push(suggestion);
            }
        }
        Ok(Self { species: kept, values: Vec::new() })
    }

    /// Checks values with fractions from 0 to 1. Of a parameter that occurs more than once, the most confident value is
    /// kept.
    pub fn of_values(answer: &[(Parameter, Entered, f64)]) -> Result<Self, InvalidAnswer> {
        at_most(answer.len())?;
        let parsed = answer.iter().map(|(parameter, entered, fraction)| {
            let value = canonical(*parameter, *entered).map_err(InvalidAnswer::Value)?;
            if !parameter.plausible().contains(value.get()) {
                return Err(InvalidAnswer::Implausible);
            }
            let (parameter, entered) = (*parameter, *entered);
            Ok(ValueSuggestion { parameter, entered, confidence: confidence(*fraction)? })
        });
        let mut values = parsed.collect::<Result<Vec<_>, InvalidAnswer>>()?;
        // The order of equally confident values must not depend on that of the answer.
        let order = |value: &ValueSuggestion| (value.parameter, value.entered.value.to_string(), value.entered.unit);
        values.sort_by(|one, other| other.confidence.cmp(&one.confidence).then_with(|| order(one).cmp(&order(other))));
        let mut kept: Vec<ValueSuggestion> = Vec::with_capacity(values.len());
        for suggestion in values {
            if kept.iter().all(|before| before.parameter != suggestion.parameter) {
                kept.push(suggestion);
            }
        }
        Ok(Self { species: Vec::new(), values: kept })
    }

    /// Returns the number of suggestions.
    pub fn len(&self) -> usize {
        self.species.len() + self.values.len()
    }

    /// Returns true if the model found nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the suggestion for a parameter.
    pub fn value_of(&self, parameter: Parameter) -> Option<&ValueSuggestion> {
        self.values.iter().find(|value| value.parameter == parameter)
    }
}

fn at_most(count: usize) -> Result<(), InvalidAnswer> {
    if count > MAX_SUGGESTIONS { Err(InvalidAnswer::TooMany(count)) } else { Ok(()) }
}

fn confidence(fraction: f64) -> Result<Percent, InvalidAnswer> {
    Percent::of_fraction(fraction).ok_or(InvalidAnswer::Confidence)
}

/// Reads a value from the label of a model of Rekognition, which knows no values: `nitrate=25 mg_l_as_no3`.
pub fn value_of_label(label: &str) -> Option<(Parameter, Entered)> {
    let (parameter, value) = label.split_once('=')?;
    let (value, unit) = value.split_once(' ')?;
    let named = |text: &str| serde_json::Value::String(text.to_owned());
    let parameter = serde_json::from_value(named(parameter)).ok()?;
    let unit = serde_json::from_value(named(unit)).ok()?;
    Some((parameter, Entered { value: water::Decimal::parse(value).ok()?, unit }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use water::{Decimal, Unit};

    use super::*;

    fn entered(value: &str, unit: Unit) -> Entered {
        Entered { value: Decimal::parse(value).unwrap(), unit }
    }

    fn named(name: &str, fraction: f64) -> (String, f64) {
        (name.to_owned(), fraction)
    }

    proptest! {
        #[test]
        fn any_answer_is_refused_or_bounded_and_sorted(
            answer in prop::collection::vec((".{0,120}", any::<f64>()), 0..30),
        ) {
            if let Ok(findings) = Findings::of_species(&answer) {
                prop_assert!(findings.len() <= MAX_SUGGESTIONS);
                prop_assert!(findings.species.is_sorted_by(|one, other| one.confidence >= other.confidence));
                for (at, one) in findings.species.iter().enumerate() {
                    prop_assert!(findings.species[..at].iter().all(|before| before.name != one.name));
                }
            }
        }

        #[test]
        fn the_order_of_an_answer_does_not_matter(
            answer in prop::collection::vec(("[a-d]{1,2}", 0.0..=1.0_f64), 0..20).prop_map(|answer| {
                answer.into_iter().map(|(name, fraction)| (name, (fraction * 4.0).round() / 4.0)).collect::<Vec<_>>()
            }),
        ) {
            let mut reversed = answer.clone();
            reversed.reverse();
            prop_assert_eq!(Findings::of_species(&answer), Findings::of_species(&reversed));
        }

        #[test]
        fn a_percent_is_within_half_of_one_of_its_fraction(fraction in 0.0..=1.0_f64) {
            let percent = Percent::of_fraction(fraction).unwrap().get();
            prop_assert!((f64::from(percent) - fraction * 100.0).abs() <= 0.5 + 1e-9);
        }
    }

    #[test]
    fn a_fraction_is_from_zero_to_one() {
        assert_eq!(Percent::of_fraction(1.0).map(Percent::get), Some(100));
        for zero in [0.0, -0.0] {
            assert_eq!(Percent::of_fraction(zero).map(Percent::get), Some(0));
        }
        for wrong in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
            assert_eq!(Percent::of_fraction(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_most_confident_suggestion_of_a_name_is_kept() {
        let findings = Findings::of_species(&[named("Danio rerio", 0.4), named(" Danio rerio ", 0.9)]).unwrap();
        assert_eq!(findings.species.len(), 1);
        assert_eq!(findings.species[0].confidence.get(), 90);
    }

    #[test]
    fn one_wrong_suggestion_refuses_the_answer() {
        let good = named("Danio rerio", 0.4);
        for (wrong, reason) in [
            (named("", 0.5), InvalidAnswer::Name),
            (named(&"a".repeat(MAX_NAME_CHARS + 1), 0.5), InvalidAnswer::Name),
            (named("a\u{7}b", 0.5), InvalidAnswer::Name),
            (named("Danio rerio", 1.5), InvalidAnswer::Confidence),
        ] {
            assert_eq!(Findings::of_species(&[good.clone(), wrong]), Err(reason));
        }
        let many: Vec<_> = (0..=MAX_SUGGESTIONS).map(|at| named(&format!("n{at}"), 0.5)).collect();
        assert_eq!(Findings::of_species(&many), Err(InvalidAnswer::TooMany(MAX_SUGGESTIONS + 1)));
    }

    #[test]
    fn values_have_a_unit_of_their_parameter_and_are_plausible() {
        let value = |text: &str, unit| (Parameter::Nitrate, entered(text, unit), 0.8);
        let good = Findings::of_values(&[value("25", Unit::MgLAsNo3)]).unwrap();
        assert_eq!(good.value_of(Parameter::Nitrate).unwrap().confidence.get(), 80);
        assert_eq!(good.value_of(Parameter::Nitrite), None);
        assert!(matches!(Findings::of_values(&[value("25", Unit::Celsius)]), Err(InvalidAnswer::Value(_))));
        assert_eq!(Findings::of_values(&[value("5000", Unit::MgLAsNo3)]), Err(InvalidAnswer::Implausible));
        let both = [value("25", Unit::MgLAsNo3), (Parameter::Nitrate, entered("50", Unit::MgLAsNo3), 0.9)];
        let kept = Findings::of_values(&both).unwrap();
        assert_eq!((kept.len(), kept.values[0].entered), (1, entered("50", Unit::MgLAsNo3)));
    }

    #[test]
    fn labels_of_rekognition_name_parameter_value_and_unit() {
        let read = value_of_label("nitrate=25 mg_l_as_no3");
        assert_eq!(read, Some((Parameter::Nitrate, entered("25", Unit::MgLAsNo3))));
        assert_eq!(value_of_label("ph=6.8 ph"), Some((Parameter::Ph, entered("6.8", Unit::Ph))));
        for wrong in ["", "nitrate", "nitrate=25", "nitrate=a mg_l", "gold=1 mg_l", "nitrate=25 spoons", "=25 mg_l"] {
            assert_eq!(value_of_label(wrong), None, "{wrong}");
        }
    }
}
