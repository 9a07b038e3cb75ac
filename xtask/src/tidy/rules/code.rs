//! Rules for every Rust file.

use crate::survey::{Source, Survey, mentions};
use crate::tidy::Report;

/// The most lines of a file; those of tests repeat themselves more.
const MAX_LINES: usize = 500;
const MAX_TEST_LINES: usize = 800;

fn sources(survey: &Survey<'_>, directory: &str) -> impl Iterator<Item = Source> {
    let paths = survey.repository.walk(directory, ".rs");
    paths.into_iter().filter_map(|path| Some(Source { text: survey.repository.read(&path).ok()?, path }))
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("_tests.rs")
}

/// Counts lines.
pub fn length(survey: &Survey<'_>, report: &mut Report) {
    for source in sources(survey, "") {
        let limit = if is_test(&source.path) { MAX_TEST_LINES } else { MAX_LINES };
        let lines = source.text.lines().count();
        if lines > limit {
            report.at(
                &source.path,
                limit + 1,
                format!("has {lines} lines; the limit is {limit}: split it by what its parts do"),
            );
        }
    }
}

/// Written in two parts, so that this file is not a violation itself.
const LEFT_OVERS: [(&str, &str); 4] = [
    (concat!("todo", "!("), "finish it, or open an issue"),
    (concat!("unimplemented", "!("), "finish it, or open an issue"),
    (concat!("dbg", "!("), "remove it"),
    (concat!("#[", "ignore"), "a test that nobody runs protects nothing: mend it, or remove it"),
];

/// Looks for what is not finished.
pub fn left_overs(survey: &Survey<'_>, report: &mut Report) {
    for source in sources(survey, "") {
        for (line, code) in source.code() {
            for (needle, advice) in LEFT_OVERS.iter().filter(|(needle, _)| mentions(code, needle)) {
                report.at(&source.path, line, format!("`{needle}`: {advice}"));
            }
        }
    }
}

/// Looks for sleeps in tests; the harness in `tests/src` knows how to wait with a bound.
pub fn bounded_waits(survey: &Survey<'_>, report: &mut Report) {
    for source in sources(survey, "tests").filter(|source| !source.path.starts_with("tests/src/")) {
        for (line, _) in
            source.code().filter(|(_, code)| ["sleep(", "::sleep"].iter().any(|needle| mentions(code, needle)))
        {
            report.at(&source.path, line, "sleeps for a fixed time: wait for what it needs with `tests::eventually`");
        }
    }
}
