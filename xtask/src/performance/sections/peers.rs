//! The same work on other stacks, with ratios.

use serde_json::Value;

use super::{Written, words};
use crate::failure::Result;
use crate::performance::measured::{Figures, Latency, Peers, Work};
use crate::performance::plot::{Bars, Group};
use crate::performance::text::{Table, figure, list, mebibytes, megabytes, times};

/// The stack that the others are compared with.
const OWN: &str = "atoll";

type Of = fn(&Figures) -> f64;

/// A figure that is told of each stack: its heading, how it is had, how it is written.
type Figure = (&'static str, Of, fn(f64) -> String);

const FIGURES: [Figure; 9] = [
    ("init, ms", |one| one.init_millis, figure),
    ("init, processor ms", |one| one.init_cpu_millis, figure),
    ("first, table at 3 ms", |one| at(one, 3.0).first_millis, figure),
    ("warm p50, table at 0 ms", |one| at(one, 0.0).warm_p50_millis, figure),
    ("warm p50, table at 3 ms", |one| at(one, 3.0).warm_p50_millis, figure),
    ("warm, processor ms", |one| at(one, 0.0).warm_cpu_millis, figure),
    ("peak memory, MiB", |one| one.peak_kib, mebibytes),
    ("deployed, MB", |one| one.bytes, megabytes),
    ("packed, MB", |one| one.zip_bytes, megabytes),
];

fn at(figures: &Figures, added_millis: f64) -> Latency {
    figures.at(added_millis).cloned().unwrap_or_default()
}

/// Versions, a table per piece of work, and plots.
pub fn write(peers: &Peers) -> Result<Written> {
    let mut written = Written::default();
    written.say(&list(peers.versions.iter().map(|(name, version)| format!("{}: {}", words(name), versions(version)))));
    written.say(&ratios(peers));
    for (name, title, index) in
        [("peers-init", "Init", 0), ("peers-cpu", "Warm, processor time", 5), ("peers-memory", "Peak memory", 6)]
    {
        written.bars(name, &bars(peers, title, index))?;
    }
    for work in &peers.works {
        written.say(&format!("**{}**", words(&work.work)));
        written.say(&table(work));
    }
    Ok(written)
}

/// One version, or those of several packages.
fn versions(value: &Value) -> String {
    match value {
        Value::String(version) => version.clone(),
        Value::Object(packages) => {
            let each = packages.iter().map(|(name, version)| format!("`{name}` {}", versions(version)));
            each.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// How many times as much others take, over all work.
fn ratios(peers: &Peers) -> String {
    let others = others(peers);
    let head = ["how many times as much".to_owned()].into_iter();
    let mut table = Table::new(head.chain(others.iter().map(|name| format!("{name}, least to most"))));
    for (title, of, _) in FIGURES {
        let cells = others.iter().map(|other| {
            let mut all: Vec<f64> = peers.works.iter().filter_map(|work| ratio(work, other, of)).collect();
            all.sort_by(f64::total_cmp);
            match (all.first(), all.last()) {
                (Some(least), Some(most)) if times(*least) == times(*most) => times(*least),
                (Some(least), Some(most)) => format!("{} to {}", times(*least), times(*most)),
                _ => "-".to_owned(),
            }
        });
        table.row([title.to_owned()].into_iter().chain(cells));
    }
    table.text()
}

fn table(work: &Work) -> String {
    let names = work.stacks.iter().map(|stack| stack.stack.clone());
    let others: Vec<_> = work.stacks.iter().map(|stack| stack.stack.as_str()).filter(|name| *name != OWN).collect();
    let against = others.iter().map(|other| format!("{other} / {OWN}"));
    let mut table = Table::new([String::new()].into_iter().chain(names).chain(against));
    for (title, of, show) in FIGURES {
        let values = work.stacks.iter().map(|stack| show(of(&stack.figures)));
        let ratios = others.iter().map(|other| ratio(work, other, of).map_or_else(|| "-".to_owned(), times));
        table.row([title.to_owned()].into_iter().chain(values).chain(ratios));
    }
    table.text()
}

fn ratio(work: &Work, other: &str, of: Of) -> Option<f64> {
    let value = |name: &str| work.stacks.iter().find(|stack| stack.stack == name).map(|stack| of(&stack.figures));
    let own = value(OWN)?;
    (own > 0.0).then_some(value(other)? / own)
}

fn others(peers: &Peers) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for stack in peers.works.iter().flat_map(|work| &work.stacks) {
        if stack.stack != OWN && !names.contains(&stack.stack) {
            names.push(stack.stack.clone());
        }
    }
    names
}

fn bars(peers: &Peers, title: &str, index: usize) -> Bars {
    let (unit, of, show) = FIGURES[index];
    let series: Vec<String> = [OWN.to_owned()].into_iter().chain(others(peers)).collect();
    let scale = if index == 6 { 1.0 / 1024.0 } else { 1.0 };
    let group = |work: &Work| {
        let value = |name: &String| {
            work.stacks.iter().find(|stack| stack.stack == *name).map_or(0.0, |stack| of(&stack.figures) * scale)
        };
        Group { label: words(&work.work), values: series.iter().map(value).collect() }
    };
    let show = if index == 6 { figure } else { show };
    let unit = unit.rsplit(' ').next().unwrap_or(unit);
    Bars {
        title: title.to_owned(),
        unit: unit.to_owned(),
        groups: peers.works.iter().map(group).collect(),
        series: series.clone(),
        stacked: false,
        show,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEERS: &str = r#"{ "versions": { "node": "20.1", "nodePackages": { "a": "1", "b": "2" } }, "works": [ { "work": "placeEvent", "stacks": [
      { "stack": "atoll", "bytes": 10000000, "initMillis": 10, "initCpuMillis": 9, "peakKib": 20480,
        "latencies": [ { "addedMillis": 0, "firstMillis": 5, "warmP50Millis": 2, "warmCpuMillis": 1 },
                       { "addedMillis": 3, "firstMillis": 9, "warmP50Millis": 8, "warmCpuMillis": 1 } ] },
      { "stack": "node", "bytes": 2000000, "initMillis": 250, "initCpuMillis": 300, "peakKib": 102400,
        "latencies": [ { "addedMillis": 0, "firstMillis": 60, "warmP50Millis": 6, "warmCpuMillis": 5 },
                       { "addedMillis": 3, "firstMillis": 70, "warmP50Millis": 12, "warmCpuMillis": 5 } ] } ] } ] }"#;

    #[test]
    fn others_are_told_in_their_own_figures_and_as_ratios() {
        let written = write(&serde_json::from_str(PEERS).unwrap()).unwrap();
        for row in [
            "|  | atoll | node | node / atoll |",
            "| init, ms | 10.0 | 250 | 25.0x |",
            "| warm p50, table at 3 ms | 8.00 | 12.0 | 1.50x |",
            "| peak memory, MiB | 20.0 | 100 | 5.00x |",
            "| deployed, MB | 10.0 | 2.00 | 0.200x |",
            "| warm, processor ms | 5.00x |",
            "**place event**",
            "- node: 20.1",
            "- node packages: `a` 1, `b` 2",
        ] {
            assert!(written.text.contains(row), "{row} is not in {}", written.text);
        }
        assert_eq!(written.files.len(), 3);
    }
}
