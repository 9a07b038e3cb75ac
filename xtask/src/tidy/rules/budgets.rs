//! What functions may ask of the table is measured.

use crate::budgets::{BLESS, Budgets, PATH, binaries};
use crate::survey::{Function, Survey};
use crate::tidy::Report;

/// Looks for functions without a case, and for cases of no function.
pub fn measured(survey: &Survey<'_>, report: &mut Report) {
    let budgets = match Budgets::of(survey.repository) {
        Ok(budgets) => budgets,
        Err(failure) => return report.at(PATH, 1, failure.to_string()),
    };
    for function in survey.functions().filter(|function| asks_the_table(function)) {
        let binary = function.resource.text("Handler");
        if budgets.functions.get(binary).is_none_or(|budget| budget.cases.is_empty()) {
            let message = format!(
                "may use the table, and {PATH} has no case of it: measure {binary} in tests/table with `budget`, then `{BLESS}`"
            );
            report.resource(&function.resource, message);
        }
    }
    let names = binaries(survey);
    for name in budgets.functions.keys().filter(|name| !names.contains(name)) {
        report.at(PATH, 1, format!("{name} is no function: `{BLESS}`"));
    }
}

/// True if its role may, unless it does what the scaffold wrote, which is nothing.
fn asks_the_table(function: &Function<'_>) -> bool {
    function.resource.property("Policies").to_string().contains("\"dynamodb:") && !function.is_as_scaffolded()
}
