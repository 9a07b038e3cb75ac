//! What may use what.

use crate::survey::{Context, Dependency, Survey, mentions};
use crate::tidy::Report;

/// Compares what contexts depend on with the names of contexts.
pub fn independence(survey: &Survey<'_>, report: &mut Report) {
    for context in &survey.contexts {
        for dependency in &context.manifest.dependencies {
            if let Some(what) = forbidden(&survey.contexts, dependency) {
                let advice = "listen to its events and keep what is needed, or move what both share to shared/";
                report.at(
                    &context.manifest.path,
                    dependency.line,
                    format!("{} depends on {what}: {advice}", context.name),
                );
            }
        }
    }
}

fn forbidden(contexts: &[Context], dependency: &Dependency) -> Option<String> {
    let package = &dependency.package;
    if contexts.iter().any(|context| context.name == *package) {
        return Some(format!("the context {package}"));
    }
    if ["tests", "xtask"].contains(&package.as_str()) {
        return Some(format!("the package {package}, which is no part of the product"));
    }
    let path = dependency.path.as_ref()?;
    (!path.trim_start_matches("../").starts_with("shared/")).then(|| format!("{path}, which is outside of shared/"))
}

/// What domain code does not contain, and what to do instead.
const IMPURE: &[(&[&str], &str)] = &[
    (
        &["aws_", "dynamo::", "axum::", "reqwest::"],
        "reaches for a service: the domain decides, and the handler loads and saves",
    ),
    (
        &["async fn", "async move", "async {", "async |", ".await", "tokio::"],
        "is asynchronous: the domain decides on what it is given",
    ),
    (&["std::env", "env::var", "std::fs", "std::thread"], "reads its surroundings: take the value as an argument"),
    (
        &["Timestamp::now", "SystemTime", "Instant::now", "Utc::now", "Zoned::now"],
        "reads a clock: take the time as an argument",
    ),
    (
        &["getrandom", "rand::", "random::", "now_v7", "new_v4", "new_uuid", "::generate()"],
        "needs chance: take the id or the bytes as an argument",
    ),
];

/// Looks for I/O, clocks and chance in `src/domain`.
pub fn pure_domain(survey: &Survey<'_>, report: &mut Report) {
    let sources = survey.contexts.iter().flat_map(|context| {
        let domain = context.file("src/domain/");
        context
            .sources
            .iter()
            .filter(move |source| source.path.starts_with(&domain) || source.path == context.file("src/domain.rs"))
    });
    for source in sources {
        for (line, code) in source.production_code() {
            for (needles, advice) in IMPURE {
                if let Some(needle) = needles.iter().find(|needle| mentions(code, needle)) {
                    report.at(&source.path, line, format!("`{needle}` {advice}"));
                }
            }
        }
    }
}
