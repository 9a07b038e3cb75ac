//! Every context looks the same from outside.

use crate::survey::{Context, PLATFORM, Source, Survey};
use crate::tidy::Report;

const FILES: [&str; 4] = ["README.md", "Cargo.toml", "template.yaml", "src/lib.rs"];
/// What may stand in `src` without being explained.
const MODULES: [&str; 8] = ["lib.rs", "domain", "store.rs", "ctx.rs", "problem.rs", "api", "consumers", "bin"];

/// Reports what could not be read, and so could not be checked.
pub fn readable(survey: &Survey<'_>, report: &mut Report) {
    for file in &survey.unreadable {
        report.at(&file.path, file.line, format!("cannot be read, so nothing in it was checked: {}", file.message));
    }
}

/// Compares each context with the shape that all have, and with the root template.
pub fn same_everywhere(survey: &Survey<'_>, report: &mut Report) {
    for context in &survey.contexts {
        for file in FILES.iter().filter(|file| !survey.repository.has(&context.file(file))) {
            report.at(context.file(file), 1, "is missing; every context has it (see docs/adding-an-endpoint.md)");
        }
        modules(survey, context, report);
        deployed(survey, context, report);
    }
}

/// Looks for the nested stack of a context: in the core's template if it is the platform's, else in its pack's.
fn deployed(survey: &Survey<'_>, context: &Context, report: &mut Report) {
    let (root, location) = if context.pack() == PLATFORM {
        ("template.yaml".to_owned(), context.file("template.yaml"))
    } else {
        (format!("functions/{}/template.yaml", context.pack()), format!("{}/template.yaml", context.name))
    };
    let line = format!("Location: {location}");
    let template = survey.templates.iter().find(|template| template.path == root);
    if !template.is_some_and(|template| template.text.lines().any(|one| one.trim() == line)) {
        let message = format!("is not deployed: name it in a nested stack of {root}");
        report.at(context.file("template.yaml"), 1, message);
    }
}

fn modules(survey: &Survey<'_>, context: &Context, report: &mut Report) {
    let layers = context.source("src/lib.rs").map(header).unwrap_or_default();
    let (files, directories) = survey.repository.list(&context.file("src"));
    let modules = files.iter().filter_map(|name| Some((name, name.strip_suffix(".rs")?)));
    for (name, module) in modules.chain(directories.iter().map(|name| (name, name.as_str()))) {
        if !MODULES.contains(&name.as_str()) && !layers.contains(&format!("`{module}`")) {
            let message = "is no part of a context's shape: move it to one of the layers, or say in the layer text of src/lib.rs what it is";
            report.at(context.file(&format!("src/{name}")), 1, message);
        }
    }
}

/// The text at the top of a file that says what it is.
fn header(source: &Source) -> String {
    source.text.lines().take_while(|line| line.starts_with("//!")).collect()
}

/// Compares the functions with the README: endpoints by their routes, all others by their binaries.
pub fn index(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions() {
        let (Some(context), handler) = (function.context, function.resource.text("Handler")) else { continue };
        let readme = context.file("README.md");
        let Ok(text) = survey.repository.read(&readme) else { continue };
        let route =
            survey.routes().find(|route| route.function.is_some_and(|answers| answers.text("Handler") == handler));
        let name = route.map_or(handler, |route| route.key);
        if !text.contains(&format!("`{name}`")) {
            report.at(&readme, 1, format!("does not say what `{name}` does: add a row for {handler}"));
        }
    }
}

/// Compares the entities in the code with the README's tables.
pub fn key_table(survey: &Survey<'_>, report: &mut Report) {
    for context in &survey.contexts {
        let readme = context.file("README.md");
        let Ok(text) = survey.repository.read(&readme) else { continue };
        for source in &context.sources {
            for (line, entity) in
                source.production_code().into_iter().filter_map(|(line, code)| Some((line, entity(code)?)))
            {
                let is_row = |row: &&str| {
                    row.starts_with('|') && row.split(|c: char| !c.is_alphanumeric()).any(|word| word == entity)
                };
                if !text.lines().any(|row| is_row(&row)) {
                    report.at(
                        &source.path,
                        line,
                        format!("{entity} is an item that the key table in {readme} does not list"),
                    );
                }
            }
        }
    }
}

/// `Account` of `impl Entity for Account {`.
fn entity(code: &str) -> Option<&str> {
    let (_, name) = code.trim_start().strip_prefix("impl")?.split_once("Entity for ")?;
    name.split(|c: char| !c.is_alphanumeric()).next()
}
