//! A route is code, a description, a sample and a test.

use std::collections::HashSet;

use serde_json::Value;

use crate::apis;
use crate::survey::{END_TO_END, OPENAPI, PLATFORM, Resource, Route, SAMPLES, Survey, referred};
use crate::tidy::Report;

/// Compares operations with functions, both ways.
pub fn operations(survey: &Survey<'_>, report: &mut Report) {
    for operation in &survey.operations {
        if !operation.path().starts_with("/v1/") && operation.path() != "/v1" {
            report.at(&operation.document, 1, format!("describes {}: every path starts with /v1/", operation.key));
        }
        if survey.binary_of(operation).is_none() {
            let message = format!(
                "describes {} ({}), which no function of the pack {} answers",
                operation.key,
                operation.id,
                operation.pack()
            );
            report.at(&operation.document, 1, message);
        }
        if operation.pack() != PLATFORM && !operation.path().starts_with(&format!("/v1/{}/", operation.pack())) {
            let message = format!("describes {}: paths of a pack start with its name", operation.key);
            report.at(&operation.document, 1, message);
        }
    }
    for context in &survey.contexts {
        for binary in &context.manifest.binaries {
            let Some(name) = context.function_name(&binary.name) else { continue };
            let handler = context.source(&format!("src/api/{name}.rs"));
            let Some(handler) = handler.filter(|source| source.text.contains("#[utoipa::path(")) else { continue };
            if !survey.operations.iter().any(|operation| survey.binary_of(operation) == Some(&binary.name)) {
                let advice = "add the handler to `paths` in the context's src/api/mod.rs and run `cargo xtask openapi`";
                report.at(
                    &handler.path,
                    1,
                    format!("is in no operation of {OPENAPI} of the pack {}: {advice}", context.pack()),
                );
            }
        }
    }
}

/// Compares the templates of the HTTP APIs with what is generated.
pub fn apis(survey: &Survey<'_>, report: &mut Report) {
    for pack in survey.packs() {
        let path = apis::path(pack);
        let written = survey.repository.read(&path).unwrap_or_default();
        match apis::template(survey, pack) {
            Ok(text) if text != written => {
                report.at(&path, 1, format!("is not what is generated: `{}`", apis::COMMAND));
            }
            Ok(_) => {}
            Err(failure) => report.at(&path, 1, failure.to_string()),
        }
    }
    for template in &survey.templates {
        for kind in ["AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route"] {
            for resource in
                template.of_type(kind).filter(|resource| referred(resource.property("ApiId")) != Some("WebSocketApiId"))
            {
                report.resource(
                    &resource,
                    "is part of an HTTP API: those are imported whole, from the API's description",
                );
            }
        }
    }
}

/// Compares the routes of the WebSocket API with functions. They are in no description: the context's README has them.
pub fn sockets(survey: &Survey<'_>, report: &mut Report) {
    for route in survey.socket_routes() {
        let Some(function) = function_of(&route, report) else { continue };
        let context = survey.functions().find(|one| one.resource.id == function.id).and_then(|one| one.context);
        let Some(context) = context else { continue };
        let readme = context.file("README.md");
        let text = survey.repository.read(&readme).unwrap_or_default();
        if !text.contains(&format!("`{}`", route.key)) {
            report.at(&readme, 1, format!("does not say what the route `{}` does: add a row", route.key));
        }
    }
}

/// The function that a route of the WebSocket API leads to, by the names that such a chain has.
fn function_of<'a>(route: &Route<'a>, report: &mut Report) -> Option<Resource<'a>> {
    let resource = route.resource?;
    let Some(function) = route.function else {
        report.resource(
            &resource,
            "leads to no function: its Target names an integration, whose IntegrationUri names a function",
        );
        return None;
    };
    let named = |kind: &str| format!("{}{kind}", function.id);
    if resource.id != named("Route") || resource.template.resource(&named("Integration")).is_none() {
        let message = format!(
            "leads to {}: call it {} and its integration {}",
            function.id,
            named("Route"),
            named("Integration")
        );
        report.resource(&resource, message);
    }
    Some(function)
}

/// Compares functions with samples, both ways.
pub fn samples(survey: &Survey<'_>, report: &mut Report) {
    let samples = survey.samples();
    let handlers: Vec<_> = survey.functions().map(|function| function.resource.text("Handler")).collect();
    for function in survey.functions() {
        let handler = function.resource.text("Handler");
        if !samples.iter().any(|sample| sample == handler) {
            report.resource(&function.resource, format!("has no sample: add {SAMPLES}/{handler}.json"));
        }
    }
    for sample in &samples {
        let path = format!("{SAMPLES}/{sample}.json");
        if !handlers.contains(&sample.as_str()) {
            report.at(&path, 1, "is a sample of no function: remove it, or rename it");
            continue;
        }
        let text = survey.repository.read(&path).unwrap_or_default();
        match serde_json::from_str::<Value>(&text) {
            Err(error) => report.at(&path, error.line(), format!("is no JSON: {error}")),
            Ok(event) => route_of_sample(survey, sample, &path, &event, report),
        }
    }
}

fn route_of_sample(survey: &Survey<'_>, binary: &str, path: &str, event: &Value, report: &mut Report) {
    let leads_here = |route: &Route<'_>| route.function.is_some_and(|function| function.text("Handler") == binary);
    // The two kinds of gateway name the route in different places of their events.
    let http = survey.routes().find(leads_here).map(|route| (route.key, &event["routeKey"]));
    let socket =
        || survey.socket_routes().find(leads_here).map(|route| (route.key, &event["requestContext"]["routeKey"]));
    if let Some((key, named)) = http.or_else(socket)
        && named != key
    {
        report.at(path, 1, format!("is a sample of another route: its routeKey should be {key}"));
    }
}

/// The test of authority, which names routes as data and is no test of what they do.
const AUTHORITY: &str = "tests/e2e/authority.rs";

/// Looks for each route in the end-to-end tests.
pub fn tested(survey: &Survey<'_>, report: &mut Report) {
    let files = survey.repository.walk(END_TO_END, ".rs").into_iter().filter(|path| path != AUTHORITY);
    let texts: Vec<_> =
        files.filter_map(|path| survey.repository.read(&path).ok()).filter(|text| text.contains("test]")).collect();
    let named: HashSet<_> = texts.iter().flat_map(|text| quoted(text)).collect();
    for route in survey.routes().chain(survey.socket_routes()) {
        if !named.contains(route.key) {
            let message = format!(
                "has no end-to-end test: write one below {END_TO_END} in a file that says: Covers `{}`.",
                route.key
            );
            match route.function {
                Some(function) => report.resource(&function, message),
                None => report.at(OPENAPI, 1, format!("{} {message}", route.key)),
            }
        }
    }
}

/// What stands between two quotes of a kind, with no quote of this kind between them.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    ['`', '"'].into_iter().flat_map(move |quote| text.split(quote).skip(1))
}

/// Looks for the test that tries every guarded operation of the documents without a token.
pub fn guarded(survey: &Survey<'_>, report: &mut Report) {
    let Some(first) = survey.operations.iter().find(|operation| operation.guarded) else { return };
    let read = |path: &str| survey.repository.read(path).unwrap_or_default();
    let test = read(AUTHORITY);
    let runs = read("tests/e2e/main.rs").lines().any(|line| line == "mod authority;") && test.contains("::test]");
    if !runs || !test.contains("tests::documents()") {
        let message = format!("does not try every operation that needs a caller ({}, …) without a token", first.key);
        report.at(AUTHORITY, 1, message);
    }
}
