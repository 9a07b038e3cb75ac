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
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("_tests.rs") || path.ends_with("/tests.rs")
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
    (concat!("#[", "ignore"), "a test that does not run protects nothing: repair it, or remove it"),
];

/// Looks for what is not finished.
pub fn left_overs(survey: &Survey<'_>, report: &mut Report) {
    for source in sources(survey, "") {
        let suspects: Vec<_> = LEFT_OVERS.iter().filter(|(needle, _)| source.text.contains(needle)).collect();
        if suspects.is_empty() {
            continue;
        }
        for (line, code) in source.code() {
            for (needle, advice) in suspects.iter().filter(|(needle, _)| mentions(code, needle)) {
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

/// What makes two runs of the same requests differ, where it may stand all the same, and what to do instead. Calls that
/// clippy can see are in `clippy.toml`.
const NOT_REPLAYABLE: [(&str, &[&str], &str); 8] = [
    ("thread::Builder", &[], "a function has one thread: run long work with `kit::blocking`"),
    ("thread::scope", &[], "a function has one thread: run long work with `kit::blocking`"),
    ("spawn_blocking", &["shared/kit/src/blocking.rs"], "run long work with `kit::blocking`"),
    ("RandomState", &[], "its order differs in each process: use a `BTreeMap`, or sort"),
    ("SystemRandom", &["shared/kit/src/auth/key_pairs.rs"], "take random bytes from `types::random`"),
    ("from_conf(", &["shared/kit/src/sdk/client.rs"], "make SDK clients with `kit::sdk::client!`"),
    ("random::seeded", &["shared/kit/src/simulation.rs"], "predictable random bytes are for tests"),
    ("simulation::enter", &[], "simulations are for tests"),
];

/// Looks for what a simulation could not repeat.
pub fn replayable(survey: &Survey<'_>, report: &mut Report) {
    let product = ["functions", "shared"].into_iter().flat_map(|directory| sources(survey, directory));
    for source in product.filter(|source| !is_test(&source.path) && !source.path.starts_with("shared/testkit/")) {
        let suspects: Vec<_> = NOT_REPLAYABLE.iter().filter(|(needle, ..)| source.text.contains(needle)).collect();
        if suspects.is_empty() && !source.text.contains("select!") {
            continue;
        }
        let lines = source.production_code();
        for (position, (line, code)) in lines.iter().enumerate() {
            for (needle, seams, advice) in suspects.iter().filter(|(needle, ..)| mentions(code, needle)) {
                if !seams.contains(&source.path.as_str()) {
                    report.at(&source.path, *line, format!("`{needle}`: {advice}"));
                }
            }
            let next = lines.get(position + 1).map_or("", |(_, next)| *next);
            if mentions(code, "select!") && ![*code, next].iter().any(|code| code.contains("biased;")) {
                report.at(&source.path, *line, "`select!` without `biased;` chooses by chance");
            }
        }
    }
}
