//! What one run of the table tests measured.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::Cost;
use crate::failure::{Failure, Result, refuse};
use crate::repository::Repository;

/// All cases that were measured.
#[derive(Debug)]
pub struct Record {
    /// By function and case: the cost, and whether it may vary from run to run.
    pub functions: BTreeMap<String, BTreeMap<String, (Cost, bool)>>,
}

impl Record {
    /// Reads the file of a record.
    pub fn read(repository: &Repository, path: &str) -> Result<Self> {
        let text = fs::read_to_string(repository.path(path)).map_err(|error| {
            Failure::new(format!("{path}, the record of what was measured, cannot be read: {error}."))
        })?;
        Self::parse(&text)
    }

    /// Reads a line for each case, in any order. A case that was measured twice must have cost the same.
    pub fn parse(text: &str) -> Result<Self> {
        let mut functions: BTreeMap<String, BTreeMap<String, (Cost, bool)>> = BTreeMap::new();
        for line in text.lines() {
            let Some((function, case, cost, varies)) = read(line) else {
                return refuse!("`{line}` is no line of a record.");
            };
            let known = functions.entry(function.clone()).or_default().entry(case.clone()).or_insert((cost, varies));
            if varies {
                known.0 = known.0.highest(cost);
            } else if known.0 != cost {
                return refuse!("{function}, `{case}` cost once {:?} and once {cost:?}: make it steady.", known.0);
            }
        }
        Ok(Self { functions })
    }

    /// Whether a case was measured.
    pub fn has(&self, function: &str, case: &str) -> bool {
        self.functions.get(function).is_some_and(|cases| cases.contains_key(case))
    }
}

fn read(line: &str) -> Option<(String, String, Cost, bool)> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    Some((text("function")?, text("case")?, Cost::read(&value)?, value["varies"].as_bool()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_one_cost_unless_it_may_vary() {
        let line = |calls: u32, varies| {
            format!(
                r#"{{"function":"a","case":"b","calls":{calls},"rounds":1,"readUnits":1,"writeUnits":0,"varies":{varies}}}"#
            )
        };
        let parse = |lines: [String; 2]| Record::parse(&lines.join("\n"));
        assert!(parse([line(1, false), line(1, false)]).unwrap().has("a", "b"));
        let failure = parse([line(1, false), line(2, false)]).unwrap_err().to_string();
        assert!(failure.contains("make it steady"), "{failure}");
        assert_eq!(parse([line(2, true), line(1, true)]).unwrap().functions["a"]["b"].0.calls, 2);
        assert!(Record::parse("{}").is_err());
    }
}
