//! `docs/app-routes.md` lists every template, and only routes that the code links to.

use std::collections::BTreeSet;
use std::path::Path;

/// The rows of the table: the route, and the templates that link to it.
fn rows(page: &str) -> Vec<(String, BTreeSet<String>)> {
    let table = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = table.map(|line| line.split('|').map(str::trim).map(str::to_owned).collect::<Vec<_>>());
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    cells.map(|cells| (cells[1].trim_matches('`').to_owned(), names(&cells[2]))).collect()
}

/// What is wrong with the table; empty if nothing is.
fn mistakes(page: &str, templates: &[&str], sources: &str) -> Vec<String> {
    let rows = rows(page);
    let listed: Vec<_> = rows.iter().flat_map(|(_, templates)| templates).cloned().collect();
    let known: BTreeSet<_> = templates.iter().map(|name| (*name).to_owned()).collect();
    let mut mistakes: Vec<_> = known
        .iter()
        .filter(|name| !listed.contains(name))
        .map(|name| format!("no row names the template {name}"))
        .collect();
    mistakes
        .extend(listed.iter().filter(|name| !known.contains(*name)).map(|name| format!("there is no template {name}")));
    for (route, _) in rows.iter().filter(|(route, _)| route.len() > 1 && route.starts_with('/')) {
        let written = route.split(['?', '#', '{']).next().unwrap_or_default().trim_matches('/');
        let is_linked = [format!("\"/{written}\""), format!("\"/{written}/{{"), format!("\"{written}\"")];
        if !is_linked.iter().any(|text| sources.contains(text)) {
            mistakes.push(format!("nothing links to {route}"));
        }
    }
    mistakes
}

/// The source of all contexts, without their tests.
fn sources() -> String {
    let mut text = String::new();
    let mut directories = vec![tests::root().join("functions")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if is_product_code(&path) {
                text.push_str(std::fs::read_to_string(&path).unwrap().split("#[cfg(test)]").next().unwrap());
            }
        }
    }
    text
}

fn is_product_code(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs")
}

#[test]
fn the_list_of_app_routes_is_complete() {
    let page = std::fs::read_to_string(tests::root().join("docs/app-routes.md")).unwrap();
    let mistakes = mistakes(&page, notifications::templates::NAMES, &sources());
    assert!(mistakes.is_empty(), "docs/app-routes.md: {mistakes:#?}");
}

#[test]
fn a_template_without_a_row_and_a_route_without_a_link_are_found() {
    let page =
        "| route | linked from |\n|---|---|\n| `/wallet` | `transfer_received`, `gone` |\n| `/orders/{id}` | - |\n";
    let found = mistakes(page, &["transfer_received", "plain"], "const WALLET: &str = \"/wallet\";");
    assert_eq!(
        found,
        ["no row names the template plain", "there is no template gone", "nothing links to /orders/{id}"]
    );
}
