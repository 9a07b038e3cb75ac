//! What is printed: a line for each function, and how far they are apart.

use serde_json::Value;

use crate::harness::rank;

/// Figures that are compared, with their places in a function's row.
const FIGURES: [(&str, &str); 6] = [
    ("init ms", "/initMillis"),
    ("first ms", "/latencies/0/firstMillis"),
    ("warm ms", "/latencies/0/warmP50Millis"),
    ("warm cpu ms", "/latencies/0/warmCpuMillis"),
    ("peak KiB", "/peakKib"),
    ("bytes", "/bytes"),
];

fn figure(row: &Value, place: &str) -> f64 {
    row.pointer(place).and_then(Value::as_f64).unwrap_or_default()
}

/// A function's row as a line.
pub fn line(row: &Value) -> String {
    let name = row["name"].as_str().unwrap_or_default();
    let of = |place: &str| figure(row, place);
    format!(
        "{name:44} init {:>7.2} first {:>7.2} warm {:>7.2} p99 {:>7.2} cpu {:>6.2} | 3 ms off: first {:>7.2} warm {:>7.2} | peak \
         {:>6} KiB, log {:>4} B, {} warm, calls {} read {} write {} status {}",
        of("/initMillis"),
        of("/latencies/0/firstMillis"),
        of("/latencies/0/warmP50Millis"),
        of("/latencies/0/warmP99Millis"),
        of("/latencies/0/warmCpuMillis"),
        of("/latencies/1/firstMillis"),
        of("/latencies/1/warmP50Millis"),
        row["peakKib"],
        row["logBytes"],
        row["latencies"][0]["warmInvocations"],
        row["dynamoCalls"],
        row["readUnits"],
        row["writeUnits"],
        row["status"],
    )
}

/// The spread of each figure over all functions, and whose the largest is.
pub fn print_spread(rows: &[Value]) {
    for (title, place) in FIGURES {
        let values = || rows.iter().map(|row| figure(row, place)).collect::<Vec<_>>();
        let worst = rows.iter().max_by(|a, b| figure(a, place).total_cmp(&figure(b, place)));
        let Some(worst) = worst else { return };
        let at = |share| rank(values(), share).unwrap_or_default();
        println!(
            "{title:12} min {:>11.2} median {:>11.2} p90 {:>11.2} max {:>11.2} ({})",
            at(0.0),
            at(0.5),
            at(0.9),
            at(1.0),
            worst["name"].as_str().unwrap_or_default()
        );
    }
}
