//! One function, one name.

use crate::names::pascal;
use crate::survey::{Binary, Context, Function, Resource, Survey};
use crate::tidy::Report;

/// The longest stage that the templates take.
const MAX_STAGE_CHARS: usize = 16;
/// The longest name of a function, and of a rule.
const MAX_NAME_CHARS: usize = 64;

/// Compares binaries, files and functions.
pub fn line_up(survey: &Survey<'_>, report: &mut Report) {
    for context in &survey.contexts {
        manifest(context, report);
        for binary in &context.manifest.binaries {
            self::binary(survey, context, binary, report);
        }
        unlisted(context, report);
    }
    for function in survey.functions() {
        self::function(function, report);
    }
}

fn manifest(context: &Context, report: &mut Report) {
    let manifest = &context.manifest;
    if manifest.path.is_empty() {
        return;
    }
    if manifest.package != context.name {
        report.at(
            &manifest.path,
            1,
            format!("the package is called {}: call it {}, as its directory is", manifest.package, context.name),
        );
    }
    if manifest.autobins {
        report.at(
            &manifest.path,
            1,
            "says nothing of autobins: set `autobins = false`, so that the list of binaries is the index",
        );
    }
    for pair in manifest.binaries.windows(2).filter(|pair| pair[0].name >= pair[1].name) {
        report.at(
            &manifest.path,
            pair[1].line,
            format!("{} stands behind {}: sort the binaries", pair[1].name, pair[0].name),
        );
    }
}

fn binary(survey: &Survey<'_>, context: &Context, binary: &Binary, report: &mut Report) {
    let path = &context.manifest.path;
    let Some(name) = context.function_name(&binary.name) else {
        report.at(path, binary.line, format!("{} should be called {}-<verb>-<noun>", binary.name, context.name));
        return;
    };
    let file = format!("src/bin/{name}.rs");
    if binary.path != file || context.source(&file).is_none() {
        report.at(path, binary.line, format!("{} should be made from {file}", binary.name));
    }
    if binary.test {
        report.at(
            path,
            binary.line,
            format!("{} is built once more for tests that it does not have: set `test = false`", binary.name),
        );
    }
    if !["api", "consumers"].iter().any(|layer| context.source(&format!("src/{layer}/{name}.rs")).is_some()) {
        report.at(
            path,
            binary.line,
            format!("{} has neither src/api/{name}.rs nor src/consumers/{name}.rs", binary.name),
        );
    }
    if !survey.functions().any(|function| function.resource.text("Handler") == binary.name) {
        report.at(path, binary.line, format!("{} has no function in a template: add {}", binary.name, pascal(&name)));
    }
}

/// Files that look like functions and that no binary is made from.
fn unlisted(context: &Context, report: &mut Report) {
    let names: Vec<_> =
        context.manifest.binaries.iter().filter_map(|binary| context.function_name(&binary.name)).collect();
    for source in &context.sources {
        let name = source.file_name().trim_end_matches(".rs");
        let is_binary = source.path.starts_with(&context.file("src/bin/"));
        let is_endpoint = source.path.starts_with(&context.file("src/api/")) && source.text.contains("#[utoipa::path(");
        if (is_binary || is_endpoint) && !names.iter().any(|known| known == name) {
            report.at(
                &source.path,
                1,
                format!(
                    "no [[bin]] in {} is called {}-{}",
                    context.manifest.path,
                    context.name,
                    name.replace('_', "-")
                ),
            );
        }
    }
}

fn function(function: Function<'_>, report: &mut Report) {
    let resource = function.resource;
    let handler = resource.text("Handler");
    fixed_name(&resource, handler, report);
    let Some(context) = function.context else {
        report.resource(&resource, format!("runs `{handler}`, which is no [[bin]] of any context"));
        return;
    };
    if resource.template.context().is_some_and(|owner| owner != context.name) {
        report.resource(&resource, format!("runs a binary of {}: it belongs in that context's template", context.name));
    }
    let id = context.function_name(handler).map(|name| pascal(&name)).unwrap_or_default();
    if resource.id != id {
        report.resource(&resource, format!("runs {handler}: call it {id}"));
    }
    let up = "../".repeat(resource.template.directory().split('/').filter(|part| !part.is_empty()).count());
    let code = format!("{up}target/lambda/{handler}/");
    if resource.text("CodeUri") != code {
        report.resource(&resource, format!("takes its code from elsewhere: set CodeUri to {code}"));
    }
}

/// A name by which the API's template, policies and operators know the function.
fn fixed_name(resource: &Resource<'_>, handler: &str, report: &mut Report) {
    let name = format!("atoll-${{Stage}}-{handler}");
    if resource.property("FunctionName")["Fn::Sub"] != name {
        report.resource(resource, format!("has no fixed name: set FunctionName to !Sub {name}"));
    }
    let length = name.len() - "${Stage}".len() + MAX_STAGE_CHARS;
    if length > MAX_NAME_CHARS {
        let message =
            format!("may be called by {length} characters, and Lambda takes {MAX_NAME_CHARS}: shorten {handler}");
        report.resource(resource, message);
    }
}
