//! What lists, searches, balances, the evaluation of badges, and what is done to one person cost at 10, 1,000 and 100,000
//! items: in the process, on a database in the process.
//!
//! It fails where a cost that must be level is not, and where a scene cannot be set or asked, after all others. Names as arguments
//! choose the scenes that have one of them in theirs; what other scenes measured before stays in the report.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use serde_json::{Value, json};

macro_rules! shared {
    ($($path:literal $name:ident),+) => {$(
        #[path = $path]
        #[allow(dead_code, reason = "shared with the table tests, which use all of it")]
        mod $name;
    )+};
}

shared! {
    "../../table/alarms_support.rs" alarms_support,
    "../../table/analytics_support.rs" analytics_support,
    "../../table/aquariums_support.rs" aquariums_support,
    "../../table/badges_support.rs" badges_support,
    "../../table/billing_support.rs" billing_support,
    "../../table/bucket.rs" bucket,
    "../../table/catalog_support.rs" catalog_support,
    "../../table/events_support.rs" events_support,
    "../../table/guides_support.rs" guides_support,
    "../../table/identity_support.rs" identity_support,
    "../../table/knowledge_support.rs" knowledge_support,
    "../../table/media_support.rs" media_support,
    "../../table/notifications_support.rs" notifications_support,
    "../../table/orders_support.rs" orders_support,
    "../../table/orders_carts_support.rs" orders_carts_support,
    "../../table/orders_checkout_support.rs" orders_checkout_support,
    "../../table/payments_acquirer_support.rs" payments_acquirer_support,
    "../../table/payments_support.rs" payments_support,
    "../../table/points_support.rs" points_support,
    "../../table/readings_support.rs" readings_support,
    "../../table/screens_support.rs" screens_support,
    "../../table/search_support.rs" search_support,
    "../../table/storefront_support.rs" storefront_support,
    "../../table/timeline_support.rs" timeline_support,
    "../../table/vision_support.rs" vision_support,
    "../../table/wallet_support.rs" wallet_support,
    "../harness/mod.rs" harness
}

mod scenes;

use scenes::{ALL, Entry, Measured, contradiction};

const SIZES: [usize; 3] = [10, 1_000, 100_000];

fn main() {
    let wanted: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |entry: &&Entry| wanted.is_empty() || wanted.iter().any(|name| entry.name.contains(name.as_str()));
    let lists: BTreeSet<_> = tests::documents().iter().flat_map(scenes::lists).collect();
    assert_eq!(lists, scenes::expected(), "a list without a scene");

    let (mut rows, mut contradictions, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    // What cannot be set or asked is a panic, and told in one line.
    std::panic::set_hook(Box::new(|panic| println!("{panic}")));
    for entry in ALL.iter().copied().flatten().filter(is_wanted) {
        let started = Instant::now();
        let Ok(measured) = catch_unwind(AssertUnwindSafe(|| measure(entry))) else {
            println!("{:60} FAILED", entry.name);
            failed.push(entry.name);
            continue;
        };
        println!("{:60} took {:.1} s", "", started.elapsed().as_secs_f64());
        contradictions.extend(contradiction(entry, &measured));
        rows.push(row(entry, &measured));
    }
    if !wanted.is_empty() {
        rows = with_earlier(&rows);
    }
    harness::write("growth", &json!({ "rows": rows }));
    assert!(failed.is_empty(), "scenes failed: {failed:#?}; these grow with the total: {contradictions:#?}");
    assert!(contradictions.is_empty(), "it grows with the total: {contradictions:#?}");
}

/// These rows, and those that an earlier run measured of other scenes, in the order of the scenes.
fn with_earlier(rows: &[Value]) -> Vec<Value> {
    let earlier = harness::read("growth").and_then(|report| report["rows"].as_array().cloned()).unwrap_or_default();
    let latest = |entry: &Entry| rows.iter().chain(&earlier).find(|row| row["name"] == entry.name).cloned();
    ALL.iter().copied().flatten().filter_map(latest).collect()
}

/// A runtime for each scene, with which its database ends: a few hundred thousand items take as many kilobytes.
fn measure(entry: &Entry) -> Vec<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (mut scene, mut measured) = (entry.start().await, Vec::new());
        for size in SIZES {
            scene.grow_to(size);
            let size = scene.ask(entry, entry.runs).await;
            let millis = size.time.as_secs_f64() * 1e3;
            println!("{:60} {:>7} items  {}  {millis:.2} ms", entry.name, size.items, size.used);
            measured.push(size);
        }
        measured
    })
}

fn row(entry: &Entry, measured: &[Measured]) -> Value {
    let size = |size: &Measured| {
        let Measured { items, status, used, time } = *size;
        json!({
            "items": items,
            "status": status,
            "calls": used.calls,
            "rounds": used.rounds,
            "readUnits": used.read_units,
            "writeUnits": used.write_units,
            "millis": (time.as_secs_f64() * 1e6).round() / 1e3,
        })
    };
    json!({
        "name": entry.name,
        "kind": entry.kind.name(),
        "grows": entry.grows,
        "claim": entry.claim.name(),
        "runs": entry.runs,
        "sizes": measured.iter().map(size).collect::<Vec<_>>(),
    })
}
