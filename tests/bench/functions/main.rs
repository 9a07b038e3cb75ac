//! What each function costs, by itself: its real binary behind a Runtime API of this process, with a table of this process,
//! so that no emulator of Lambda stands in the way.
//!
//! `cargo bench --package tests --bench functions` measures what `cargo build --release --workspace --bins` has built, all of it
//! or what has one of the arguments in its name, and writes `target/bench/functions.json`. `ATOLL_BINARIES` names another
//! folder. Each function gets its sample event with a token that holds; where the sample names something that is not there,
//! what is measured is the answer that says so, which the row's `status` tells.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be taken must fail, and is printed"
)]

#[path = "../harness/mod.rs"]
mod harness;

use harness::runtime_api::{self, Function};
use harness::world::World;
use harness::{binary, quantile};
use serde_json::{Value, json};

/// Cold starts of each function; the median counts.
const COLD_STARTS: usize = 7;
/// Warm invocations of each function that count.
const WARM_INVOCATIONS: usize = 50;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let world = World::start().await;
    let token = sign_up(&world).await;
    let mut rows = Vec::new();
    for name in samples() {
        let row = measure(&world, &name, &token).await;
        println!("{}", line(&row));
        rows.push(row);
    }
    harness::write("functions", &json!({ "functions": rows }));
}

/// The functions that have a sample event, by the names of their binaries.
fn samples() -> Vec<String> {
    let files = std::fs::read_dir(tests::root().join("events/invoke")).expect("samples");
    let names = files.flatten().filter_map(|file| {
        let name = file.file_name().into_string().ok()?;
        name.strip_suffix(".json").map(str::to_owned)
    });
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let mut names: Vec<_> =
        names.filter(|name| wanted.is_empty() || wanted.iter().any(|part| name.contains(part))).collect();
    names.sort();
    names
}

fn sample(name: &str) -> Value {
    let path = tests::root().join(format!("events/invoke/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("a sample")).expect("JSON")
}

fn command(name: &str) -> Vec<String> {
    vec![binary(name).display().to_string()]
}

/// Registers somebody through the function, and gives their access token.
async fn sign_up(world: &World) -> String {
    let mut event = sample("identity-register");
    event["body"] = json!({
        "email": "ann@example.com", "password": "correct horse battery staple", "name": "Ann",
        "device": { "name": "phone", "platform": "ios" },
    })
    .to_string()
    .into();
    let mut function = Function::start(&command("identity-register"), world.environment()).await.expect("register");
    let reply = function.invoke(&event).await.expect("register").reply.expect("an answer");
    let body: Value = serde_json::from_str(reply["body"].as_str().expect("a body")).expect("JSON");
    body["tokens"]["accessToken"].as_str().expect("a token").to_owned()
}

async fn measure(world: &World, name: &str, token: &str) -> Value {
    let mut event = sample(name);
    if let Some(authorization) = event.pointer_mut("/headers/authorization") {
        *authorization = format!("Bearer {token}").into();
    }
    let (mut inits, mut firsts, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    let mut warm = None;
    for _ in 0..COLD_STARTS {
        let mut function = match Function::start(&command(name), world.environment()).await {
            Ok(function) => function,
            Err(error) => return json!({ "name": name, "error": error }),
        };
        inits.push((function.init, function.cpu()));
        match function.invoke(&event).await {
            Ok(first) => firsts.push(first),
            Err(error) => return json!({ "name": name, "error": error }),
        }
        peaks.push(function.peak_kib());
        warm = Some(function);
    }
    let mut function = warm.expect("a function");
    let mut invocations = Vec::new();
    for _ in 0..WARM_INVOCATIONS {
        match function.invoke(&event).await {
            Ok(invocation) => invocations.push(invocation),
            Err(error) => return json!({ "name": name, "error": error }),
        }
    }
    let status = invocations.last().and_then(|last| last.reply.as_ref().ok()?.get("statusCode")?.as_u64());
    json!({
        "name": name,
        "bytes": runtime_api::size(&binary(name)),
        "initMillis": quantile(inits.iter().map(|(wall, _)| *wall), 0.5),
        "initCpuMillis": quantile(inits.iter().map(|(_, cpu)| *cpu), 0.5),
        "firstMillis": quantile(firsts.iter().map(|first| first.duration), 0.5),
        "firstCpuMillis": quantile(firsts.iter().map(|first| first.cpu), 0.5),
        "warmP50Millis": quantile(invocations.iter().map(|one| one.duration), 0.5),
        "warmP99Millis": quantile(invocations.iter().map(|one| one.duration), 0.99),
        "warmCpuMillis": quantile(invocations.iter().map(|one| one.cpu), 0.5),
        "peakKib": peaks.iter().copied().max(),
        "warmPeakKib": function.peak_kib(),
        "status": status,
    })
}

fn line(row: &Value) -> String {
    let figure = |name: &str| row[name].as_f64().map_or("-".to_owned(), |value| format!("{value:.2}"));
    format!(
        "{:44} init {:>8} first {:>8} warm {:>7} p99 {:>7} cpu {:>6} peak {:>6} status {} {}",
        row["name"].as_str().unwrap_or_default(),
        figure("initMillis"),
        figure("firstMillis"),
        figure("warmP50Millis"),
        figure("warmP99Millis"),
        figure("warmCpuMillis"),
        row["warmPeakKib"],
        row["status"],
        row["error"].as_str().unwrap_or_default(),
    )
}
