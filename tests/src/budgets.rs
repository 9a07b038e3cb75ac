//! What functions may ask of the table. The figures are in `tests/budgets.json` and nowhere else: a test says what it did
//! ([`budget`]), and fails if that cost more than the file allows, or less, so that a gain is kept. It also fails if the
//! function's role does not allow a request that was measured.
//!
//! `make bless-budgets` rewrites the file from what the tests measure: then `BLESS` is set, and nothing is compared. Where
//! `ATOLL_BUDGETS_RECORD` names a file, each measurement is added to it as a line of JSON, by tests that run at the same
//! time in one process or in many.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::LazyLock;

use dynamo::Usage;
use serde::{Deserialize, Serialize};
use testkit::{Reply, Work};

/// The file, from the repository's root.
const PATH: &str = "tests/budgets.json";

/// What one case asks of the table.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cost {
    /// Requests sent to DynamoDB.
    pub calls: u32,
    /// Round trips in sequence: see [`Usage::rounds`].
    pub rounds: u32,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
    /// The work that was measured, whose requests the role of its function must allow. None for a request over HTTP, which is
    /// judged while it runs.
    #[serde(skip)]
    work: Option<Work>,
}

impl PartialEq for Cost {
    fn eq(&self, other: &Self) -> bool {
        self.figures() == other.figures()
    }
}

impl From<Usage> for Cost {
    fn from(used: Usage) -> Self {
        let Usage { calls, rounds, read_units, write_units } = used;
        Self { calls, rounds, read_units, write_units, work: None }
    }
}

/// What the reply says of itself. The request must have succeeded: a refusal costs less, and hides what was meant.
impl From<&Reply> for Cost {
    #[track_caller]
    fn from(reply: &Reply) -> Self {
        assert!(reply.status < 300, "{} {}", reply.status, reply.body);
        Self::of_header(&reply.server_timing)
    }
}

impl Cost {
    /// What a request cost that was refused, where the refusal is what is measured.
    #[track_caller]
    pub fn refused(reply: &Reply) -> Self {
        assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.body);
        Self::of_header(&reply.server_timing)
    }

    /// What the file allows.
    #[track_caller]
    pub fn allowed(function: &str, case: &str) -> Self {
        ALLOWED.cost(function, case).unwrap_or_else(|missing| panic!("{missing}"))
    }

    /// Reads a `Server-Timing` header.
    #[track_caller]
    pub fn of_header(text: &str) -> Self {
        let figure = |name: &str| {
            let parts = text.split([' ', '"']).find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            parts.unwrap_or_else(|| panic!("no {name} in {text:?}"))
        };
        let count = |name| figure(name).parse().expect("a number");
        let units = |name| figure(name).parse().expect("a number");
        let (calls, rounds) = (count("calls"), count("rounds"));
        Self { calls, rounds, read_units: units("read"), write_units: units("write"), work: None }
    }

    fn figures(self) -> [(&'static str, f64); 4] {
        let (calls, rounds) = (f64::from(self.calls), f64::from(self.rounds));
        [("calls", calls), ("rounds", rounds), ("readUnits", self.read_units), ("writeUnits", self.write_units)]
    }
}

/// What some work asks of the table. On the heap, since a handler's future may be large.
pub fn cost<'a>(work: impl Future + 'a) -> Pin<Box<dyn Future<Output = Cost> + 'a>> {
    Box::pin(async move {
        let measured = Work::begin();
        let meter = measured.meter();
        meter.scope(work).await;
        Cost { work: Some(measured), ..meter.usage().into() }
    })
}

/// A case of a function (the name of its binary) cost this: exactly what the file allows.
#[track_caller]
pub fn budget(function: &str, case: &str, spent: impl Into<Cost>) {
    keep(function, case, spent.into(), false);
}

/// The same where the cost varies from run to run: the file holds the highest, and less is no gain.
#[track_caller]
pub fn budget_at_most(function: &str, case: &str, spent: impl Into<Cost>) {
    keep(function, case, spent.into(), true);
}

#[track_caller]
fn keep(function: &str, case: &str, spent: Cost, varies: bool) {
    record(function, case, spent, varies);
    let denied = spent.work.map(|work| work.denied_to(function)).unwrap_or_default();
    for message in &denied {
        eprintln!("{message}");
    }
    assert!(denied.is_empty(), "{function}, `{case}`: add to its role what it needs: {denied:?}");
    if std::env::var_os("BLESS").is_none()
        && let Err(difference) = ALLOWED.compare(function, case, spent, varies)
    {
        panic!("{difference}");
    }
}

/// Adds a line to the record, if one is wanted.
fn record(function: &str, case: &str, spent: Cost, varies: bool) {
    #[derive(Serialize)]
    struct Line<'a> {
        function: &'a str,
        case: &'a str,
        #[serde(flatten)]
        spent: Cost,
        varies: bool,
    }
    let Some(path) = std::env::var_os("ATOLL_BUDGETS_RECORD") else { return };
    let mut line = serde_json::to_string(&Line { function, case, spent, varies }).expect("a line");
    line.push('\n');
    // Appended in one write, so that lines of tests that run at the same time do not mix.
    let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("a record that can be written");
}

static ALLOWED: LazyLock<File> = LazyLock::new(|| {
    let text = std::fs::read_to_string(crate::root().join(PATH)).expect(PATH);
    serde_json::from_str(&text).expect(PATH)
});

#[derive(Debug, Deserialize)]
struct File {
    functions: BTreeMap<String, Function>,
}

#[derive(Debug, Deserialize)]
struct Function {
    cases: BTreeMap<String, Cost>,
}

impl File {
    fn cost(&self, function: &str, case: &str) -> Result<Cost, String> {
        let cost = self.functions.get(function).and_then(|function| function.cases.get(case));
        cost.copied().ok_or_else(|| format!("{PATH} has no case `{case}` of {function}: run `make bless-budgets`"))
    }

    fn compare(&self, function: &str, case: &str, spent: Cost, varies: bool) -> Result<(), String> {
        let allowed = self.cost(function, case)?;
        let changes = allowed.figures().into_iter().zip(spent.figures());
        let changes: Vec<_> = changes.filter(|((_, old), (_, new))| new > old || !varies && new < old).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let mut text = format!("{function}, `{case}`:");
        for ((name, old), (_, new)) in &changes {
            write!(text, " {name} {old} became {new},").expect("a text");
        }
        let advice = if changes.iter().any(|((_, old), (_, new))| new > old) {
            "more than tests/budgets.json allows; if that is meant, run `make bless-budgets` and say why in the change"
        } else {
            "less than tests/budgets.json allows; keep the gain by `make bless-budgets`"
        };
        Err(format!("{text} {advice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(spent: Cost, varies: bool) -> Result<(), String> {
        let text = r#"{ "functions": { "a-b": { "bytes": 1, "cases": {
            "c": { "calls": 2, "rounds": 2, "readUnits": 0.5, "writeUnits": 4 } } } } }"#;
        let file: File = serde_json::from_str(text).unwrap();
        file.compare("a-b", "c", spent, varies)?;
        assert!(file.compare("a-b", "d", spent, varies).unwrap_err().contains("no case `d` of a-b"));
        Ok(())
    }

    #[test]
    fn both_more_and_less_are_told_with_old_and_new_figures() {
        let allowed = Cost { calls: 2, rounds: 2, read_units: 0.5, write_units: 4.0, work: None };
        assert_eq!(compared(allowed, false), Ok(()));
        let more = compared(Cost { calls: 3, write_units: 2.0, ..allowed }, false).unwrap_err();
        assert!(more.starts_with("a-b, `c`: calls 2 became 3, writeUnits 4 became 2, more than"), "{more}");
        let less = Cost { rounds: 1, ..allowed };
        assert!(compared(less, false).unwrap_err().contains("rounds 2 became 1, less than"));
        assert_eq!(compared(less, true), Ok(()));
        assert!(compared(Cost { read_units: 1.0, ..less }, true).unwrap_err().contains("readUnits 0.5 became 1,"));
    }

    #[test]
    fn a_header_is_read_as_kit_writes_it() {
        let text = "total;dur=1.234, dynamodb;desc=\"calls=5 rounds=2 read=0.5 write=7\"";
        assert_eq!(Cost::of_header(text), Cost { calls: 5, rounds: 2, read_units: 0.5, write_units: 7.0, work: None });
    }
}
