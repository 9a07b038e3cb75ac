//! What benches share: real binaries behind a Runtime API of this process, with a table of this process.

pub mod runtime_api;
pub mod wire;
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
    let mut sorted: Vec<f64> = values.map(|value| value.as_secs_f64() * 1e3).collect();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
    let rank = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len()) - 1;
    (sorted[rank] * 1e3).round() / 1e3
}

/// Writes what was measured, for the report, to `target/bench/<name>.json`.
pub fn write(name: &str, measured: &serde_json::Value) {
    let directory = tests::root().join("target/bench");
    std::fs::create_dir_all(&directory).expect("a directory");
    let text = serde_json::to_string_pretty(measured).expect("JSON");
    std::fs::write(directory.join(format!("{name}.json")), text).expect("a file");
}
