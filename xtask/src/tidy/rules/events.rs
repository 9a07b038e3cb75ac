//! Events are a contract: who waits for one can read what it looks like.

use serde_json::Value;

use crate::survey::{Resource, Survey, each};
use crate::tidy::Report;

const SCHEMA: &str = ".schema.json";

/// Compares the patterns of rules with the schemas, and the schemas with the examples.
pub fn schemas(survey: &Survey<'_>, report: &mut Report) {
    let paths = survey.repository.walk("events", SCHEMA);
    let known: Vec<_> = paths.iter().filter_map(|path| detail_type(path)).collect();
    for rule in survey.templates.iter().flat_map(|template| template.of_type("AWS::Events::Rule")) {
        for pattern in each(&rule.property("EventPattern")["detail-type"]) {
            waited_for(&rule, pattern, &known, report);
        }
    }
    for path in &paths {
        let example = path.replace(SCHEMA, ".example.json");
        if !survey.repository.has(&example) {
            report.at(path, 1, format!("has no example: add {example}"));
        }
    }
}

fn waited_for(rule: &Resource<'_>, pattern: &Value, known: &[String], report: &mut Report) {
    let (text, found) = match (pattern.as_str(), pattern["prefix"].as_str()) {
        (Some(name), _) => (name, known.iter().any(|one| one == name)),
        (None, Some(prefix)) => (prefix, known.iter().any(|one| one.starts_with(prefix))),
        (None, None) => return,
    };
    if !found {
        let path = text.replacen('.', "/", 1);
        report.resource(rule, format!("waits for {text}, which has no schema: add events/{path}{SCHEMA}"));
    }
}

/// `identity.user_registered.v1` of `events/identity/user_registered.v1.schema.json`.
fn detail_type(path: &str) -> Option<String> {
    let (context, event) = path.strip_prefix("events/")?.strip_suffix(SCHEMA)?.split_once('/')?;
    Some(format!("{context}.{event}"))
}
