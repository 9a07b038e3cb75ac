//! `tests/budgets.json`: what each function may ask of the table, and how large its binary may be.
//!
//! The table tests measure and compare; with `ATOLL_BUDGETS_RECORD` set they also write down what they measured, a line of
//! JSON for each case. From that record the file is written anew, so that no case stays in it that no test measures.

mod record;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::failure::{Failure, Result, refuse};
use crate::repository::Repository;
use crate::survey::Survey;
use record::Record;

/// Where the file is.
pub const PATH: &str = "tests/budgets.json";
/// What rewrites it.
pub const BLESS: &str = "make bless-budgets";

/// The file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Budgets {
    /// Which compiler made the binaries whose sizes these are, and for what: another one makes others.
    pub compiler: Option<String>,
    /// By the names of the binaries.
    pub functions: BTreeMap<String, Budget>,
}

/// What one function may take.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Budget {
    /// The size of its binary, built for release, in bytes; none if it was never measured.
    pub bytes: Option<u64>,
    /// What it may ask of the table, by case.
    pub cases: BTreeMap<String, Cost>,
}

/// What one case asks of the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    calls: u64,
    rounds: u64,
    read_units: f64,
    write_units: f64,
}

impl Budgets {
    /// Reads the file; a repository without one has no budgets.
    pub fn of(repository: &Repository) -> Result<Self> {
        if repository.has(PATH) { Self::parse(&repository.read(PATH)?) } else { Ok(Self::default()) }
    }

    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: &dyn std::fmt::Display| Failure::new(format!("{PATH} cannot be read: {what}."));
        let file: Value = serde_json::from_str(text).map_err(|error| wrong(&error))?;
        let mut functions = BTreeMap::new();
        for (name, function) in file["functions"].as_object().ok_or_else(|| wrong(&"it has no `functions`"))? {
            let mut budget = Budget { bytes: function["bytes"].as_u64(), cases: BTreeMap::new() };
            for (case, cost) in function["cases"].as_object().into_iter().flatten() {
                let read = Cost::read(cost).ok_or_else(|| wrong(&format!("{name}, {case:?} lacks a figure")))?;
                budget.cases.insert(case.clone(), read);
            }
            functions.insert(name.clone(), budget);
        }
        Ok(Self { compiler: file["compiler"].as_str().map(str::to_owned), functions })
    }

    /// The file's text: sorted, a line for each case, so that a difference reads well.
    pub fn text(&self) -> String {
        let functions = self.functions.iter().map(|(name, budget)| {
            let mut lines: Vec<_> = budget.bytes.iter().map(|bytes| format!("      \"bytes\": {bytes}")).collect();
            lines.push(format!("      \"cases\": {}", cases(&budget.cases)));
            format!("    {}: {{\n{}\n    }}", Value::from(name.as_str()), lines.join(",\n"))
        });
        let compiler =
            self.compiler.iter().map(|compiler| format!("  \"compiler\": {},\n", Value::from(compiler.as_str())));
        let (compiler, functions) = (compiler.collect::<String>(), functions.collect::<Vec<_>>().join(",\n"));
        format!("{{\n{compiler}  \"functions\": {{\n{functions}\n  }}\n}}\n")
    }

    /// The cases that no test measured.
    fn unmeasured(&self, record: &Record) -> Vec<String> {
        let cases = self.functions.iter().flat_map(|(name, budget)| budget.cases.keys().map(move |case| (name, case)));
        let lost = cases.filter(|(name, case)| !record.has(name, case));
        lost.map(|(name, case)| format!("{name}, `{case}`")).collect()
    }

    /// Takes over what was measured, and nothing else. Where a figure varies, the highest that was seen stays.
    fn measured(&mut self, record: Record) {
        let mut before = std::mem::take(&mut self.functions);
        for (name, cases) in record.functions {
            let old = before.remove(&name).unwrap_or_default();
            let keep = |case: &str, cost: Cost, varies: bool| match old.cases.get(case) {
                Some(allowed) if varies => allowed.highest(cost),
                _ => cost,
            };
            let cases = cases.into_iter().map(|(case, (cost, varies))| {
                let cost = keep(&case, cost, varies);
                (case, cost)
            });
            self.functions.insert(name, Budget { bytes: old.bytes, cases: cases.collect() });
        }
        let rest = before.into_iter().filter(|(_, budget)| budget.bytes.is_some());
        self.functions.extend(rest.map(|(name, budget)| (name, Budget { cases: BTreeMap::new(), ..budget })));
    }
}

impl Cost {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            calls: value["calls"].as_u64()?,
            rounds: value["rounds"].as_u64()?,
            read_units: value["readUnits"].as_f64()?,
            write_units: value["writeUnits"].as_f64()?,
        })
    }

    fn highest(self, other: Self) -> Self {
        Self {
            calls: self.calls.max(other.calls),
            rounds: self.rounds.max(other.rounds),
            read_units: self.read_units.max(other.read_units),
            write_units: self.write_units.max(other.write_units),
        }
    }
}

/// Checks that each case of the file was measured by the run that wrote the record. Says how many there are.
pub fn check(repository: &Repository, record: &str) -> Result<usize> {
    let record = Record::read(repository, record)?;
    let budgets = Budgets::of(repository)?;
    let lost = budgets.unmeasured(&record);
    if lost.is_empty() {
        return Ok(budgets.functions.values().map(|budget| budget.cases.len()).sum());
    }
    refuse!("{PATH} holds what no test measures: {}. `{BLESS}` takes it out.", lost.join("; "))
}

/// Rewrites the cases of the file from the record; sizes stay.
pub fn bless(repository: &Repository, record: &str) -> Result<()> {
    let record = Record::read(repository, record)?;
    let names = binaries(&Survey::of(repository)?);
    if let Some(unknown) = record.functions.keys().find(|name| !names.contains(name)) {
        return refuse!("A test measures {unknown}, which is no function.");
    }
    let mut budgets = Budgets::of(repository)?;
    budgets.measured(record);
    repository.write(PATH, &budgets.text())
}

/// The names of all functions' binaries, sorted.
pub fn binaries(survey: &Survey<'_>) -> Vec<String> {
    let binaries = survey.contexts.iter().flat_map(|context| &context.manifest.binaries);
    let mut names: Vec<_> = binaries.map(|binary| binary.name.clone()).collect();
    names.sort();
    names
}

fn cases(cases: &BTreeMap<String, Cost>) -> String {
    if cases.is_empty() {
        return "{}".to_owned();
    }
    let mut text = String::from("{");
    for (number, (name, cost)) in cases.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let Cost { calls, rounds, read_units, write_units } = cost;
        // Writing to a text cannot fail.
        write!(
            text,
            "{comma}\n        {}: {{ \"calls\": {calls}, \"rounds\": {rounds}, \"readUnits\": {read_units}, \"writeUnits\": {write_units} }}",
            Value::from(name.as_str()),
        )
        .unwrap_or_default();
    }
    text + "\n      }"
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
  "compiler": "rustc 1.95.0, x86_64-unknown-linux-gnu",
  "functions": {
    "a-list": {
      "bytes": 1000,
      "cases": {
        "a \"page\"": { "calls": 1, "rounds": 1, "readUnits": 0.5, "writeUnits": 0 },
        "swept": { "calls": 8, "rounds": 4, "readUnits": 4, "writeUnits": 0 }
      }
    },
    "b-show": {
      "bytes": 2000,
      "cases": {}
    }
  }
}
"#;

    fn record(lines: &[&str]) -> Record {
        Record::parse(&lines.join("\n")).unwrap()
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        let budgets = Budgets::parse(FILE).unwrap();
        assert_eq!(budgets.text(), FILE);
        assert_eq!(budgets.functions["a-list"].cases["swept"].rounds, 4);
        for broken in ["", "{}", r#"{"functions":{"a":{"cases":{"b":{"calls":1}}}}}"#] {
            assert!(Budgets::parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn cases_follow_the_record_and_sizes_stay() {
        let mut budgets = Budgets::parse(FILE).unwrap();
        let record = record(&[
            r#"{"function":"a-list","case":"swept","calls":8,"rounds":3,"readUnits":5,"writeUnits":0,"varies":true}"#,
            r#"{"function":"c-new","case":"made","calls":1,"rounds":1,"readUnits":0,"writeUnits":1,"varies":false}"#,
        ]);
        assert_eq!(budgets.unmeasured(&record), ["a-list, `a \"page\"`"]);
        budgets.measured(record);
        let cost = |calls, rounds, read_units, write_units| Cost { calls, rounds, read_units, write_units };
        assert_eq!(budgets.functions["a-list"].cases, [("swept".to_owned(), cost(8, 4, 5.0, 0.0))].into());
        assert_eq!((budgets.functions["a-list"].bytes, budgets.functions["b-show"].bytes), (Some(1000), Some(2000)));
        assert_eq!(budgets.functions["c-new"].cases["made"], cost(1, 1, 0.0, 1.0));
    }
}
