//! Requests per second through the whole path: HTTP, the local cloud's gateway, real functions, the local cloud's table;
//! beside a function that does nothing, which is the floor.
//!
//! `make bench ONLY=path` starts a local cloud, deploys the product and the floor to it, runs this, and stops the cloud.
//! `ATOLL_OUTPUTS` names the outputs of the deployment. It writes `target/bench/path.json`.
//!
//! How to read it: the local cloud is one Python process, and the load comes from one thread of this one; both share the
//! machine's cores with the functions. So the figures are not those of AWS; they say which part of a route's time is the
//! path's (`floorShare`, the floor's median in the route's), and what is left, of which each call to the emulated table is
//! a part (`calls`). The cloud runs as many processes of a function as it has requests at once (`processes`), as AWS does.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be taken must fail, and is printed"
)]

#[path = "../harness/mod.rs"]
mod harness;
mod load;
mod routes;

use std::collections::HashMap;
use std::time::Duration;

use harness::quantile;
use load::Measured;
use routes::{FLOOR, Route};
use serde_json::{Value, json};
use tests::{Cloud, eventually_within};

/// How many connections there are at once, in turn.
const CONNECTIONS: [usize; 2] = [1, 8];
/// How long events may take to come to rest, which the functions behind them need.
const REST: Duration = Duration::from_mins(3);
/// So many looks in a row find no work left: longer than a stream's poll takes.
const LOOKS: usize = 10;
/// Failures that are shown.
const SHOWN: usize = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let cloud = Cloud::connect().await;
    let most = CONNECTIONS.into_iter().max().expect("connections");
    let floor = routes::floor(&cloud, most);
    let routes = routes::all(&cloud, most).await;
    let mut floors = HashMap::new();
    let mut rows = Vec::new();
    for route in std::iter::once(&floor).chain(&routes) {
        rows.extend(measure(&cloud, route, &mut floors).await);
    }
    // The floor again: what lies between the two is the machine's own spread.
    let again = measure(&cloud, &floor, &mut floors).await;
    let failed: Vec<&Value> = rows.iter().chain(&again).filter(|row| row["failures"] != 0).collect();
    assert!(failed.is_empty(), "not every answer was 2xx: {failed:?}");
    harness::write("path", &json!({ "connections": CONNECTIONS, "rows": rows, "floorAtEnd": again }));
}

/// A row for each number of connections. `floors` are the floor's medians so far, by connections.
async fn measure(cloud: &Cloud, route: &Route, floors: &mut HashMap<usize, f64>) -> Vec<Value> {
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        at_rest(cloud).await;
        let measured = load::run(&route.makers[..connections]).await;
        for failure in measured.failures.iter().take(SHOWN) {
            println!("{}: {failure}", route.name);
        }
        let median = quantile(measured.latencies.iter().copied(), 0.5);
        if route.name == FLOOR {
            floors.entry(connections).or_insert(median);
        }
        let row = row(route, connections, &measured, floors[&connections] / median, processes(cloud, route).await);
        println!("{}", line(&row));
        rows.push(row);
    }
    rows
}

fn row(route: &Route, connections: usize, measured: &Measured, floor_share: f64, processes: u64) -> Value {
    let requests = measured.latencies.len();
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let rate = requests as f64 / measured.elapsed.as_secs_f64();
    json!({
        "name": route.name,
        "connections": connections,
        "requests": requests,
        "requestsPerSecond": rounded(rate, 1e1),
        "p50Millis": quantile(measured.latencies.iter().copied(), 0.5),
        "p99Millis": quantile(measured.latencies.iter().copied(), 0.99),
        "failures": measured.failures.len(),
        "floorShare": rounded(floor_share, 1e3),
        "calls": measured.calls,
        "processes": processes,
    })
}

fn rounded(value: f64, places: f64) -> f64 {
    (value * places).round() / places
}

/// Waits until nothing is left to do for what was measured before: no message waits, and no function runs.
async fn at_rest(cloud: &Cloud) {
    let mut quiet = 0;
    eventually_within(REST, "the local cloud at rest", async || {
        quiet = if is_at_rest(cloud).await { quiet + 1 } else { 0 };
        (quiet == LOOKS).then_some(())
    })
    .await;
}

async fn is_at_rest(cloud: &Cloud) -> bool {
    let queues = cloud.local("GET", "queues").send().await.expect(200);
    let functions = cloud.local("GET", "functions").send().await.expect(200);
    let waiting = |queue: &Value| queue["deadLetters"] == false && queue["messages"] != json!([]);
    let (queues, functions) = (queues.as_object().expect("queues"), functions.as_array().expect("functions"));
    !queues.values().any(waiting) && functions.iter().all(|function| function["running"] == 0)
}

/// How many processes of a route's function the local cloud has.
async fn processes(cloud: &Cloud, route: &Route) -> u64 {
    let functions = cloud.local("GET", "functions").send().await.expect(200);
    let functions = functions.as_array().expect("functions");
    let found = functions.iter().find(|function| function["binary"] == route.function).expect("the function");
    found["processes"].as_u64().expect("a number")
}

fn line(row: &Value) -> String {
    let figure = |name: &str| row[name].as_f64().expect("a figure");
    format!(
        "{:28} {} at once  {:7.1}/s  p50 {:8.3} ms  p99 {:8.3} ms  floor {:3.0} %  calls {}  processes {}  of {} failed {}",
        row["name"].as_str().expect("a name"),
        row["connections"],
        figure("requestsPerSecond"),
        figure("p50Millis"),
        figure("p99Millis"),
        figure("floorShare") * 100.0,
        row["calls"],
        row["processes"],
        row["requests"],
        row["failures"],
    )
}
