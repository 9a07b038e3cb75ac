//! The binary: what it lists, and how it refuses.

use std::process::{Command, Output};

fn run(argument: Option<&str>, name: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-functions"));
    command.args(argument).env("ATOLL_FUNCTION", name).output().expect("the binary starts")
}

#[test]
fn an_unknown_name_is_refused_with_those_that_look_like_it() {
    let output = run(None, "identity-log-in");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: no function is named `identity-log-in`"), "{said}");
    assert!(said.contains("identity-login") && !said.contains("media-"), "{said}");
}

#[test]
fn every_function_is_listed_in_order() {
    let output = run(Some("--list"), "");
    let listed = String::from_utf8(output.stdout).expect("text");
    let names: Vec<_> = listed.lines().collect();
    assert!(names.is_sorted() && names.contains(&"identity-login"), "{listed}");
}

#[test]
fn the_page_of_messages_is_html() {
    let output = run(Some("--preview-messages"), "");
    let page = String::from_utf8(output.stdout).expect("text");
    assert!(page.starts_with("<!doctype html>") && page.contains("digest"), "{page:.200}");
}
