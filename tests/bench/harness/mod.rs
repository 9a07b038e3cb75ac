//! What benches share: real binaries behind a Runtime API of this process, with a table of this process.

#![allow(dead_code, reason = "each bench uses its part of it")]

pub mod deployed;
pub mod order_payments;
pub mod runtime_api;
pub mod services;
pub mod world;

use std::path::PathBuf;
use std::time::Duration;

/// Where the binary of a function is: as built for release, unless `ATOLL_BINARIES` names another folder.
pub fn binary(name: &str) -> PathBuf {
    let built = std::env::var("ATOLL_BINARIES").map_or_else(|_| tests::root().join("target/release"), PathBuf::from);
    built.join(name)
}

/// In milliseconds, by the nearest rank.
pub fn quantile(values: impl Iterator<Item = Duration>, share: f64) -> f64 {
    rank(values.map(|value| (value.as_secs_f64() * 1e6).round() / 1e3).collect(), share).unwrap_or_default()
}

/// The value that `share` of all are not larger than, by the nearest rank; none of nothing.
pub fn rank(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
    let rank = ((values.len() as f64 * share).ceil() as usize).max(1) - 1;
    values.get(rank).copied()
}

/// Writes what was measured, for the report, to `target/bench/<name>.json`.
pub fn write(name: &str, measured: &serde_json::Value) {
    let path = report(name);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    let text = serde_json::to_string_pretty(measured).expect("JSON");
    std::fs::write(path, text).expect("a file");
}

/// What was written last under this name; none if nothing was.
pub fn read(name: &str) -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(report(name)).ok()?;
    Some(serde_json::from_str(&text).expect("JSON"))
}

fn report(name: &str) -> PathBuf {
    tests::root().join("target/bench").join(format!("{name}.json"))
}
