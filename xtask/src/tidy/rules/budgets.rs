//! What functions may ask of the table is measured.

use serde_json::Value;

use super::permissions::ITEM_ACTIONS;
use crate::budgets::{BLESS, Budgets, PATH, binaries};
use crate::survey::{Function, Survey, each};
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
    function.role().is_some_and(|role| items(role.property("Policies"))) && !function.is_as_scaffolded()
}

/// True if a role may touch items; reading the table's stream is no such thing.
fn items(policies: &Value) -> bool {
    let statements = each(policies).flat_map(|policy| each(&policy["PolicyDocument"]["Statement"]));
    statements
        .flat_map(|statement| each(&statement["Action"]))
        .any(|action| action.as_str().is_some_and(|action| ITEM_ACTIONS.contains(&action)))
}
