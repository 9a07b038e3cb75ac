//! The same work in Atoll's function, in Node.js and in Python, side by side in one run. What is equal and what is not is in
//! README.md.
//!
//! `cargo bench --package tests --bench peers` sets the peers up below target/bench/peers (npm and pip fetch what their lock
//! files name), and measures beside them what `cargo build --release --workspace --bins` has built, or what is in the folder
//! that `ATOLL_BINARIES` names. Arguments choose works and stacks: `-- login node`; `-- agreement` measures nothing. It writes
//! target/bench/peers.json.
//!
//! Before anything is measured, all stacks must agree: answers of the same shape, the same calls of the table and the same
//! units, and each goes on with what the others have stored. A stack that does less than the others fails the run.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be taken must fail, and is printed"
)]

#[path = "../harness/mod.rs"]
mod harness;

mod agreement;
mod figures;
mod scene;
mod stacks;
mod stored;
mod witness;

use std::time::Duration;

use figures::Row;
use harness::runtime_api::Function;
use scene::{Scene, WORKS, Work};
use serde_json::{Value, json};
use stacks::Stack;

/// Cold starts of each function at each distance; the medians count.
const COLD_STARTS: usize = 7;
/// Invocations before those that count: the peers' compilers and caches are to be warm.
const WARM_UP: usize = 30;
/// Invocations that count.
const WARM_INVOCATIONS: usize = 60;
/// By how much later the table's answers come, in milliseconds: as if it were in this process, and as within a region.
const DISTANCES: [u64; 2] = [0, 3];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let chosen = |name: &str, all: &[&str]| {
        let asked: Vec<_> = wanted.iter().filter(|word| all.contains(&word.as_str())).collect();
        asked.is_empty() || asked.iter().any(|word| *word == name)
    };
    let only_compares = wanted.iter().any(|word| word == "agreement");
    let names: Vec<_> = WORKS.iter().map(|work| work.name).collect();
    let stacks = stacks::NAMES.into_iter().filter(|name| chosen(name, &stacks::NAMES));
    let stacks: Vec<Stack> = stacks.map(Stack::set_up).collect();
    let mut scene = Scene::start().await;
    let mut works = Vec::new();
    for work in WORKS.iter().filter(|work| chosen(work.name, &names)) {
        println!("{}", work.name);
        let asked = agreement::check(&mut scene, work, &stacks).await;
        if only_compares {
            continue;
        }
        let mut rows: Vec<Row> = stacks.iter().map(|_| Row::default()).collect();
        for millis in DISTANCES {
            measure(&mut scene, work, &stacks, Duration::from_millis(millis), &mut rows).await;
        }
        let rows = stacks.iter().zip(&rows).zip(&asked);
        let rows: Vec<Value> = rows.map(|((stack, row), asked)| row.tell(stack, work, asked)).collect();
        for row in &rows {
            println!("{}", figures::line(row, &rows[0]));
        }
        works.push(json!({ "work": work.name, "stacks": rows }));
    }
    let measured = json!({
        "versions": stacks::versions(),
        "coldStarts": COLD_STARTS,
        "warmUp": WARM_UP,
        "warmInvocations": WARM_INVOCATIONS,
        "works": works,
    });
    if !only_compares {
        harness::write("peers", &measured);
    }
}

/// Measures one work at one distance of the table. The stacks take turns, so that drift of the machine hits all of them.
async fn measure(scene: &mut Scene, work: &Work, stacks: &[Stack], added: Duration, rows: &mut [Row]) {
    // An access token lives for ten minutes.
    scene.sign_up_again().await;
    let database = scene.database(added).await;
    let mut running: Vec<Option<Function>> = stacks.iter().map(|_| None).collect();
    for row in rows.iter_mut() {
        row.begin(added);
    }
    for turn in 0..COLD_STARTS {
        for at in (0..stacks.len()).map(|at| (at + turn) % stacks.len()) {
            // What ran before is no neighbour of what starts now.
            running[at] = None;
            let environment = scene.environment(&stacks[at], work, &database);
            let mut function = Function::start(&stacks[at].command(work), &environment).await.expect(stacks[at].name);
            let init_cpu = function.cpu();
            let first = function.invoke(&scene.event(work, at)).await.expect(stacks[at].name);
            rows[at].started(&function, init_cpu, &first);
            running[at] = Some(function);
        }
    }
    for turn in 0..WARM_UP + WARM_INVOCATIONS {
        for at in (0..stacks.len()).map(|at| (at + turn) % stacks.len()) {
            let function = running[at].as_mut().expect("it runs");
            let invocation = function.invoke(&scene.event(work, at)).await.expect(stacks[at].name);
            if turn >= WARM_UP {
                rows[at].invoked(&invocation);
            }
            rows[at].holds(function.peak_kib());
        }
    }
}
