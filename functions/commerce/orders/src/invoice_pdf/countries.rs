//! Names of countries in the languages of invoices ([licence](../../countries/README.md)).

use crate::domain::cart::Language;
use crate::domain::location::CountryCode;

/// A line per country: code, English name and German name, separated by tabs.
const NAMES: &str = include_str!("../../countries/names.tsv");

/// Returns the name of a country. A code that is not assigned is its own name.
pub(super) fn country_name(country: &CountryCode, language: Language) -> &str {
    let rows = NAMES.lines().map(|line| line.split('\t'));
    let mut names = rows.filter_map(|mut row| (row.next() == Some(country.as_str())).then_some(row));
    let column = match language {
        Language::En => 0,
        Language::De => 1,
    };
    names.next().and_then(|mut row| row.nth(column)).unwrap_or_else(|| country.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_names_in_both_languages() {
        let name = |code: &str, language| country_name(&CountryCode::parse(code).unwrap(), language).to_owned();
        assert_eq!((name("DE", Language::En), name("DE", Language::De)), ("Germany".into(), "Deutschland".into()));
        assert_eq!((name("AT", Language::En), name("AT", Language::De)), ("Austria".into(), "Österreich".into()));
        assert_eq!(name("QZ", Language::De), "QZ");
    }

    #[test]
    fn every_line_has_a_code_and_two_names_and_no_code_is_there_twice() {
        let mut codes = std::collections::BTreeSet::new();
        for line in NAMES.lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            let [code, english, german] = columns[..] else { panic!("{line}") };
            assert!(CountryCode::parse(code).is_ok() && !english.is_empty() && !german.is_empty(), "{line}");
            assert!(codes.insert(code), "{line}");
        }
        assert_eq!(codes.len(), 250);
    }
}
