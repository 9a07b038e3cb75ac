//! What may use what.

use crate::survey::{Context, Dependency, Manifest, Source, Survey, mentions};
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

/// Looks for names of contexts in the manifests and the paths of shared packages. `shared/contracts` describes the events
/// of each context in a module of its name; its paths are left out.
pub fn shared_names_no_context(survey: &Survey<'_>, report: &mut Report) {
    for package in survey.repository.list("shared").1 {
        let directory = format!("shared/{package}");
        check_shared_manifest(survey, report, &format!("{directory}/Cargo.toml"));
        if package == "contracts" {
            continue;
        }
        for path in survey.repository.walk(&format!("{directory}/src"), ".rs") {
            let Ok(text) = survey.repository.read(&path) else { continue };
            let source = Source { path, text };
            for (line, code) in source.code().filter(|(_, code)| code.contains("::")) {
                if let Some(context) = survey.contexts.iter().find(|context| names_context(code, &context.name)) {
                    let message =
                        format!("{package} is shared and names the context {}: {SHARED_ADVICE}", context.name);
                    report.at(&source.path, line, message);
                }
            }
        }
    }
}

const SHARED_ADVICE: &str = "take what differs as an argument or a type parameter";

fn check_shared_manifest(survey: &Survey<'_>, report: &mut Report, path: &str) {
    let Ok(text) = survey.repository.read(path) else { return };
    for dependency in Manifest::parse(path, &text).dependencies {
        if let Some(what) = forbidden_in_shared(&survey.contexts, &dependency) {
            report.at(path, dependency.line, format!("a shared package depends on {what}: {SHARED_ADVICE}"));
        }
    }
}

fn forbidden_in_shared(contexts: &[Context], dependency: &Dependency) -> Option<String> {
    let context = contexts.iter().find(|context| context.name == dependency.package)?;
    Some(format!("the context {}", context.name))
}

/// True if a path in the line starts with the context's name, or with it after `crate::`.
fn names_context(line: &str, context: &str) -> bool {
    let segment = format!("{context}::");
    line.match_indices(&segment).any(|(at, _)| {
        let before = &line[..at];
        let is_part_of_name = before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        !is_part_of_name && (!before.ends_with("::") || before.ends_with("crate::"))
    })
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
        let suspects: Vec<_> =
            IMPURE.iter().filter(|(needles, _)| needles.iter().any(|needle| source.text.contains(needle))).collect();
        if suspects.is_empty() {
            continue;
        }
        for (line, code) in source.production_code() {
            for (needles, advice) in &suspects {
                if let Some(needle) = needles.iter().find(|needle| mentions(code, needle)) {
                    report.at(&source.path, line, format!("`{needle}` {advice}"));
                }
            }
        }
    }
}
