//! A data set of species: five CSV files, joined into one row of an import per species.
//!
//! The files say values in the units of keepers, as decimal numbers; a row has integers in canonical units. The conversion is exact but
//! for hardness, which is rounded to a micromole per litre.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use jiff::civil::Date;

use super::fact::{Fact, FactName, FactRule, FactValue};
use super::source::{Source, Sources};
use super::species::{SpeciesRow, SynonymRow, SynonymStatus};

/// The text of each file.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// `species.csv`: a line per species.
    pub species: &'a str,
    /// `facts.csv`: which source says which column of a species.
    pub facts: &'a str,
    /// `names.csv`: common names.
    pub names: &'a str,
    /// `synonyms.csv`: other scientific names.
    pub synonyms: &'a str,
    /// `sources.csv`: the sources.
    pub sources: &'a str,
}

/// Something wrong with a data set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} line {line}: {rule}")]
pub struct DatasetError {
    /// Name of the file.
    pub file: &'static str,
    /// Number of the line, from 1.
    pub line: u64,
    /// What it breaks.
    pub rule: String,
}

/// How a column of `species.csv` becomes a fact.
#[derive(Debug, Clone, Copy)]
enum Unit {
    /// As it is.
    Same,
    /// Thousandths.
    Milli,
    /// German degrees of hardness to micromoles per litre.
    Hardness,
}

const COLUMNS: [(&str, FactName, Unit); 21] = [
    ("kind", FactName::Kind, Unit::Same),
    ("water", FactName::Water, Unit::Same),
    ("scientific_name", FactName::ScientificName, Unit::Same),
    ("family", FactName::Family, Unit::Same),
    ("order_or_class", FactName::Order, Unit::Same),
    ("adult_size_mm", FactName::AdultSizeMm, Unit::Same),
    ("min_volume_l", FactName::MinVolumeMl, Unit::Milli),
    ("temp_min_c", FactName::TemperatureMinMilliC, Unit::Milli),
    ("temp_max_c", FactName::TemperatureMaxMilliC, Unit::Milli),
    ("ph_min", FactName::PhMinMilli, Unit::Milli),
    ("ph_max", FactName::PhMaxMilli, Unit::Milli),
    ("gh_min_dgh", FactName::GhMinUmol, Unit::Hardness),
    ("gh_max_dgh", FactName::GhMaxUmol, Unit::Hardness),
    ("salinity_min_psu", FactName::SalinityMinMilli, Unit::Milli),
    ("salinity_max_psu", FactName::SalinityMaxMilli, Unit::Milli),
    ("min_group", FactName::MinGroup, Unit::Same),
    ("temperament", FactName::Temperament, Unit::Same),
    ("level", FactName::Level, Unit::Same),
    ("diet", FactName::Diet, Unit::Same),
    ("plant_safe", FactName::PlantSafe, Unit::Same),
    ("light", FactName::Light, Unit::Same),
];

/// Joins the files. Each species, name, synonym and fact is checked when its row is parsed; here is checked what only the files show:
/// columns, references, repetitions and numbers.
pub fn rows(files: Files<'_>) -> Result<Vec<SpeciesRow>, Vec<DatasetError>> {
    let mut errors = Vec::new();
    let sources = sources(&mut errors, files.sources);
    let mut rows: BTreeMap<String, SpeciesRow> = BTreeMap::new();
    for line in lines(&mut errors, "species.csv", files.species) {
        let id = line.get("id").to_owned();
        let facts = facts(&mut errors, &line);
        let row =
            SpeciesRow { id: id.clone(), facts, names: BTreeMap::new(), synonyms: Vec::new(), sources: Sources::new() };
        if rows.insert(id, row).is_some() {
            errors.push(line.error("the species is there twice"));
        }
    }
    add_citations(&mut errors, &mut rows, files.facts, &sources);
    add_names(&mut errors, &mut rows, files.names);
    add_synonyms(&mut errors, &mut rows, files.synonyms, &sources);
    if errors.is_empty() { Ok(rows.into_values().collect()) } else { Err(errors) }
}

/// A line of a file.
struct Line {
    file: &'static str,
    number: u64,
    cells: BTreeMap<String, String>,
}

impl Line {
    fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn error(&self, rule: impl Into<String>) -> DatasetError {
        DatasetError { file: self.file, line: self.number, rule: rule.into() }
    }
}

fn lines(errors: &mut Vec<DatasetError>, file: &'static str, text: &str) -> Vec<Line> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let mut lines = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => lines.push(line(file, &header, &record)),
            Err(error) => {
                let number = error.position().map_or(0, csv::Position::line);
                errors.push(DatasetError { file, line: number, rule: error.to_string() });
            }
        }
    }
    lines
}

fn line(file: &'static str, header: &StringRecord, record: &StringRecord) -> Line {
    let cells = header.iter().zip(record).map(|(name, cell)| (name.to_owned(), cell.trim().to_owned()));
    Line { file, number: record.position().map_or(0, csv::Position::line), cells: cells.collect() }
}

fn sources(errors: &mut Vec<DatasetError>, text: &str) -> Sources {
    let mut sources = Sources::new();
    for line in lines(errors, "sources.csv", text) {
        let Ok(accessed) = line.get("accessed").parse::<Date>() else {
            errors.push(line.error("accessed must be a date"));
            continue;
        };
        let text = |column: &str| line.get(column).to_owned();
        let source = Source {
            title: text("title"),
            publisher: text("publisher"),
            url: text("url"),
            licence: text("licence"),
            accessed,
        };
        if let Some((field, rule)) = source.broken() {
            errors.push(line.error(format!("{field} {rule}")));
        }
        if sources.insert(text("id"), source).is_some() {
            errors.push(line.error("the source is there twice"));
        }
    }
    sources
}

fn facts(errors: &mut Vec<DatasetError>, line: &Line) -> BTreeMap<String, Fact> {
    let mut facts = BTreeMap::new();
    for (column, name, unit) in COLUMNS {
        let cell = line.get(column);
        if cell.is_empty() {
            continue;
        }
        let value = match name.rule() {
            FactRule::Number(..) => number(cell, unit).map(FactValue::Number),
            FactRule::Text | FactRule::Choice(_) => Some(FactValue::Text(cell.to_owned())),
        };
        match value {
            Some(value) => drop(facts.insert(name.as_str().to_owned(), Fact { value, sources: BTreeSet::new() })),
            None => errors.push(line.error(format!("{column} must be a number with at most three decimal places"))),
        }
    }
    facts
}

fn number(cell: &str, unit: Unit) -> Option<i64> {
    match unit {
        Unit::Same => cell.parse().ok(),
        Unit::Milli => thousandths(cell),
        // A degree is 10 mg/L CaO, which has 56.0774 g/mol.
        Unit::Hardness => {
            let scaled = thousandths(cell)?.checked_mul(100_000)?;
            Some((scaled + 560_774 / 2).div_euclid(560_774))
        }
    }
}

/// Thousandths of a decimal number.
fn thousandths(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 3 || !is_number(whole) || !is_number(decimals) {
        return None;
    }
    let decimals: i64 = format!("{decimals:0<3}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(decimals).map(|number| sign * number)
}

fn add_citations(
    errors: &mut Vec<DatasetError>,
    rows: &mut BTreeMap<String, SpeciesRow>,
    text: &str,
    sources: &Sources,
) {
    for line in lines(errors, "facts.csv", text) {
        let (column, source) = (line.get("fact"), line.get("source_id"));
        let name = COLUMNS.iter().find(|(known, ..)| *known == column).map(|(_, name, _)| name.as_str());
        let row = rows.get_mut(line.get("species_id"));
        match (row, name, sources.get(source)) {
            (Some(row), Some(name), Some(known)) => match row.facts.get_mut(name) {
                Some(fact) => {
                    fact.sources.insert(source.to_owned());
                    row.sources.insert(source.to_owned(), known.clone());
                }
                None => errors.push(line.error("cites a source for a fact that the species does not have")),
            },
            (None, ..) => errors.push(line.error("names no species of the data set")),
            (_, None, _) => errors.push(line.error("names no column of species.csv")),
            (.., None) => errors.push(line.error("names no source of the data set")),
        }
    }
}

fn add_names(errors: &mut Vec<DatasetError>, rows: &mut BTreeMap<String, SpeciesRow>, text: &str) {
    for line in lines(errors, "names.csv", text) {
        let Some(row) = rows.get_mut(line.get("species_id")) else {
            errors.push(line.error("names no species of the data set"));
            continue;
        };
        let names = row.names.entry(line.get("language").to_owned()).or_default();
        let name = line.get("name").to_owned();
        match line.get("is_primary") {
            "true" => names.insert(0, name),
            "false" => names.push(name),
            _ => errors.push(line.error("is_primary must be true or false")),
        }
    }
}

fn add_synonyms(
    errors: &mut Vec<DatasetError>,
    rows: &mut BTreeMap<String, SpeciesRow>,
    text: &str,
    sources: &Sources,
) {
    for line in lines(errors, "synonyms.csv", text) {
        let source = line.get("source_id");
        let (Some(row), Some(known)) = (rows.get_mut(line.get("species_id")), sources.get(source)) else {
            errors.push(line.error("names no species or no source of the data set"));
            continue;
        };
        let status = match line.get("status") {
            "synonym" => SynonymStatus::Synonym,
            "accepted_elsewhere" => SynonymStatus::AcceptedElsewhere,
            _ => {
                errors.push(line.error("status must be synonym or accepted_elsewhere"));
                continue;
            }
        };
        row.sources.insert(source.to_owned(), known.clone());
        let name = line.get("name");
        match row.synonyms.iter_mut().find(|synonym| synonym.name == name && synonym.status == status) {
            Some(synonym) => drop(synonym.sources.insert(source.to_owned())),
            None => {
                row.synonyms.push(SynonymRow { name: name.to_owned(), status, sources: [source.to_owned()].into() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        for (text, expected) in [("7", 7_000), ("6.5", 6_500), ("0.125", 125), ("-1.8", -1_800), ("24.10", 24_100)] {
            assert_eq!(thousandths(text), Some(expected), "{text}");
        }
        for bad in ["", ".5", "1.2345", "1,5", "abc", "1e3", "--1", "99999999999999999999"] {
            assert_eq!(thousandths(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_degree_of_hardness_is_ten_milligrams_of_calcium_oxide() {
        assert_eq!(number("1", Unit::Hardness), Some(178));
        assert_eq!(number("10", Unit::Hardness), Some(1_783));
        assert_eq!(number("0", Unit::Hardness), Some(0));
    }

    const FILES: Files<'static> = Files {
        species: "id,kind,scientific_name,water,temp_min_c\ndanio-rerio,fish,Danio rerio,fresh,18.5\n",
        facts: "species_id,fact,source_id\ndanio-rerio,kind,a\ndanio-rerio,scientific_name,a\ndanio-rerio,water,a\ndanio-rerio,temp_min_c,a\ndanio-rerio,temp_min_c,b\n",
        names: "species_id,language,name,is_primary\ndanio-rerio,en,Zebra danio,false\ndanio-rerio,en,Zebrafish,true\n",
        synonyms: "species_id,name,status,source_id\ndanio-rerio,Brachydanio rerio,synonym,b\n",
        sources: "id,title,publisher,url,licence,accessed\na,A,Pub,https://example.org/a,CC BY 4.0,2026-11-29\nb,B,Pub,https://example.org/b,CC0,2026-11-29\nc,C,Pub,https://example.org/c,CC0,2026-11-29\n",
    };

    #[test]
    fn the_files_become_rows() {
        let rows = rows(FILES).unwrap();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        let least = &row.facts["temperatureMinMilliC"];
        assert_eq!((&least.value, least.sources.len()), (&FactValue::Number(18_500), 2));
        assert_eq!(row.names["en"], ["Zebrafish", "Zebra danio"]);
        assert_eq!(row.synonyms[0].name, "Brachydanio rerio");
        assert_eq!(row.sources.keys().collect::<Vec<_>>(), ["a", "b"], "only what is cited");
    }

    #[test]
    fn what_does_not_fit_together_is_refused_by_line() {
        let broken = |files: Files<'_>| rows(files).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>();
        let with = |facts: &str| format!("{}{facts}\n", FILES.facts);
        for (line, rule) in [
            ("danio-rerio,ph_min,a", "a fact that the species does not have"),
            ("danio-rerio,colour,a", "no column"),
            ("danio-rerio,kind,d", "no source"),
            ("danio,kind,a", "no species"),
        ] {
            let errors = broken(Files { facts: &with(line), ..FILES });
            assert!(errors[0].contains(rule) && errors[0].starts_with("facts.csv line 7"), "{errors:?}");
        }
        let twice = format!("{}danio-rerio,fish,Danio rerio,fresh,\n", FILES.species);
        assert!(broken(Files { species: &twice, ..FILES })[0].contains("twice"));
        let unread = FILES.species.replace("18.5", "warm");
        assert!(broken(Files { species: &unread, ..FILES })[0].contains("temp_min_c must be a number"));
    }
}
