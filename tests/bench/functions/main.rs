//! What each function costs, by itself: its real binary behind a Runtime API of this process, with a table of this process,
//! so that no emulator of Lambda stands in the way.
//!
//! `cargo bench --package tests --bench functions` measures what `cargo build --release --workspace --bins` has built and writes
//! `target/bench/functions.json`. With arguments it measures those functions that have one of them in their names, and
//! writes nothing. `ATOLL_BINARIES` names another folder of binaries.
//!
//! Every function does what it is for: a scene (`scenes`) prepares what it asks for and makes the event of each call, and
//! an answer that is no success fails the bench. A function of the templates that has no scene fails it too.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement that cannot be taken must fail, and is printed"
)]

#[path = "../harness/mod.rs"]
mod harness;
mod measure;
mod request;
mod scenes;
mod stage;
mod summary;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use harness::deployed::{self, Deployed};
use serde_json::json;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted = |function: &Deployed| wanted.is_empty() || wanted.iter().any(|part| function.name.contains(part));
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    // What cannot be prepared is a panic, and told in one line.
    std::panic::set_hook(Box::new(|panic| println!("{panic}")));
    for function in deployed::functions().into_iter().filter(is_wanted) {
        // What fails is told at the end, with all others that do.
        let measured = AssertUnwindSafe(Box::pin(measure::measure(&function))).catch_unwind().await;
        match measured.unwrap_or_else(|panic| Err(text(&*panic))) {
            Ok(row) => {
                println!("{}", summary::line(&row));
                rows.push(row);
            }
            Err(error) => {
                println!("{:44} FAILED: {error}", function.name);
                failed.push(function.name);
            }
        }
    }
    summary::print_spread(&rows);
    assert!(failed.is_empty(), "{} functions did not do what they are for: {}", failed.len(), failed.join(", "));
    if wanted.is_empty() {
        let counts = (measure::COLD_STARTS, measure::WARM_INVOCATIONS);
        harness::write("functions", &json!({ "coldStarts": counts.0, "warmInvocations": counts.1, "functions": rows }));
    }
}

fn text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic").to_owned()
}
