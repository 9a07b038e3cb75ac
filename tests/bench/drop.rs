//! How long a thousand buyers wait who want five hundred units at the same time. It writes `target/bench/drop.json`.
//!
//! A request to the table takes 5 ms, and a transaction 20 ms more, in which it holds its items, so that transactions that meet
//! are cancelled as on DynamoDB. On AWS each request has a process of its own, while here all of them share a thread. So the time is
//! virtual: it stands still while anything can run, and moves on to the next timer when everything waits. The waits are those of the
//! table and of the pauses between attempts, without the processor time of the functions, and without what Lambda adds.

use std::time::Duration;

use serde_json::json;

macro_rules! shared {
    ($($path:literal $name:ident),+) => {$(
        #[path = $path]
        #[allow(dead_code, reason = "shared with the table tests, which use all of it")]
        mod $name;
    )+};
}

shared! {
    "harness/mod.rs" harness,
    "../table/drop_support.rs" drop_support,
    "../table/identity_support.rs" identity_support,
    "../table/orders_carts_support.rs" orders_carts_support,
    "../table/orders_checkout_support.rs" orders_checkout_support,
    "../table/orders_support.rs" orders_support
}

use drop_support::{BUYERS, Figures, UNITS};
use harness::quantile;

/// How many drops are measured.
const DROPS: usize = 5;
/// How long 99 of 100 buyers may wait.
const TARGET: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut rows = Vec::new();
    let mut worst = Vec::new();
    for _ in 0..DROPS {
        let figures = Figures::of_drop(tokio::time::pause).await;
        tokio::time::resume();
        figures.check();
        let wait = |share| quantile(figures.waits.iter().copied(), share);
        let rounds = |share: usize| figures.rounds[BUYERS * share / 100];
        let row = json!({
            "p50Millis": wait(0.5),
            "p99Millis": wait(0.99),
            "maxMillis": wait(1.0),
            "p50RoundTrips": rounds(50),
            "p99RoundTrips": rounds(99),
            "maxRoundTrips": figures.rounds[BUYERS - 1],
            "readUnits": figures.read_units,
        });
        println!("{row}");
        worst.push(figures.waits[BUYERS * 99 / 100]);
        rows.push(row);
    }
    let slowest = worst.iter().max().copied().unwrap_or_default();
    let target = u64::try_from(TARGET.as_millis()).unwrap_or(u64::MAX);
    harness::write("drop", &json!({ "buyers": BUYERS, "units": UNITS, "targetMillis": target, "drops": rows }));
    println!("p99 of the slowest of {DROPS} drops: {} ms; the target is {target} ms", slowest.as_millis());
}
