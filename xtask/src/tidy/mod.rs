//! The rules of the repository that no compiler checks.

mod report;
mod rules;

pub use report::{Report, Violation};
pub use rules::{LOCAL_MANIFEST, RULES, Rule};

use crate::failure::Result;
use crate::repository::Repository;
use crate::survey::Survey;

/// All violations, by file and line.
pub fn check(repository: &Repository) -> Result<Vec<Violation>> {
    let survey = Survey::of(repository)?;
    let mut report = Report::default();
    for rule in RULES {
        report.begin(rule.name);
        (rule.check)(&survey, &mut report);
    }
    Ok(report.finish())
}
