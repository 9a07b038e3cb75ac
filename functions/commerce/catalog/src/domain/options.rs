//! Options of a product, such as color and size, with the values that variants choose from.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use types::{TextError, line};

/// Maximum number of options of a product.
pub const MAX_OPTIONS: usize = 3;
/// Maximum number of values of an option.
pub const MAX_VALUES: usize = 50;
/// Maximum length of an option's name, in characters.
pub const MAX_NAME_CHARS: usize = 30;
/// Maximum length of an option's value, in characters.
pub const MAX_VALUE_CHARS: usize = 50;

/// The value that a variant has for each option, by the option's name.
pub type Choices = BTreeMap<String, String>;

/// An option with its values, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductOption {
    /// Name.
    pub name: String,
    /// Values.
    pub values: Vec<String>,
}

/// The options of a product, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Options(Vec<ProductOption>);

/// Reason why options are refused. The number says which one, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// There are too many.
    #[error("must have at most {MAX_OPTIONS} options")]
    TooMany,
    /// The name of an option is not valid.
    #[error("[{0}].name {1}")]
    Name(usize, TextError),
    /// Two options have one name.
    #[error("[{0}].name repeats the name of another option; give each option a name of its own")]
    NameRepeated(usize),
    /// An option has no values, or too many.
    #[error("[{0}].values must have 1 to {MAX_VALUES} values")]
    ValueCount(usize),
    /// A value is not valid.
    #[error("[{0}].values[{1}] {2}")]
    Value(usize, usize, TextError),
    /// A value occurs twice.
    #[error("[{0}].values[{1}] repeats another value of the option; list each value once")]
    ValueRepeated(usize, usize),
}

/// Reason why the choices of a variant are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoicesError {
    /// An option has no value.
    #[error("must have a value for the option `{0}`; choose one of its values")]
    Missing(String),
    /// The product has no such option.
    #[error("has a value for `{0}`, which is no option of the product; remove it or add the option first")]
    Unknown(String),
    /// The option has no such value.
    #[error("has no valid value for the option `{0}`; choose one of its values or add the value to the option first")]
    Value(String),
}

impl Options {
    /// Parses options. Names and values are compared without case and diacritics.
    pub fn parse(options: Vec<ProductOption>) -> Result<Self, OptionsError> {
        if options.len() > MAX_OPTIONS {
            return Err(OptionsError::TooMany);
        }
        let (mut names, mut parsed) = (BTreeSet::new(), Vec::new());
        for (at, option) in options.into_iter().enumerate() {
            let name = line(&option.name, MAX_NAME_CHARS).map_err(|error| OptionsError::Name(at, error))?;
            if !names.insert(text::fold(&name)) {
                return Err(OptionsError::NameRepeated(at));
            }
            if !(1..=MAX_VALUES).contains(&option.values.len()) {
                return Err(OptionsError::ValueCount(at));
            }
            let (mut known, mut values) = (BTreeSet::new(), Vec::new());
            for (index, value) in option.values.iter().enumerate() {
                let value = line(value, MAX_VALUE_CHARS).map_err(|error| OptionsError::Value(at, index, error))?;
                if !known.insert(text::fold(&value)) {
                    return Err(OptionsError::ValueRepeated(at, index));
                }
                values.push(value);
            }
            parsed.push(ProductOption { name, values });
        }
        Ok(Self(parsed))
    }

    /// Returns the options.
    pub fn as_slice(&self) -> &[ProductOption] {
        &self.0
    }

    /// Checks that there is exactly one value per option.
    pub fn check(&self, choices: &Choices) -> Result<(), ChoicesError> {
        for option in &self.0 {
            let value = choices.get(&option.name).ok_or_else(|| ChoicesError::Missing(option.name.clone()))?;
            if !option.values.contains(value) {
                return Err(ChoicesError::Value(option.name.clone()));
            }
        }
        match choices.keys().find(|name| !self.0.iter().any(|option| option.name == **name)) {
            Some(unknown) => Err(ChoicesError::Unknown(unknown.clone())),
            None => Ok(()),
        }
    }
}
