//! Requests through the local cloud, beside a function that does nothing.

use super::Written;
use crate::failure::Result;
use crate::performance::measured::{Path, PathRow};
use crate::performance::plot::{Bars, Group};
use crate::performance::text::{Table, count, figure, percent};

/// The row of the function that does nothing.
const FLOOR: &str = "floor";

/// A table, and the medians as bars.
pub fn write(path: &Path) -> Result<Written> {
    let mut written = Written::default();
    let head = [
        "route",
        "connections",
        "requests",
        "requests/s",
        "p50, ms",
        "p99, ms",
        "of which the floor's p50",
        "processes",
    ];
    let mut table = Table::new(head);
    for row in &path.rows {
        let share = floor(path, row.connections).map(|floor| floor.p50_millis / row.p50_millis);
        table.row([
            row.name.clone(),
            count(row.connections),
            count(row.requests),
            figure(row.requests_per_second),
            figure(row.p50_millis),
            figure(row.p99_millis),
            share.map_or_else(|| "-".to_owned(), percent),
            count(row.processes),
        ]);
    }
    written.say(&table.text());
    let failures: f64 = path.rows.iter().map(|row| row.failures).sum();
    written.say(&format!("Answers that were failures: {}.", count(failures)));
    written.bars("path", &bars(path))?;
    Ok(written)
}

fn floor(path: &Path, connections: f64) -> Option<&PathRow> {
    path.rows.iter().find(|row| row.name == FLOOR && same(row.connections, connections))
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.5
}

fn bars(path: &Path) -> Bars {
    let mut connections: Vec<f64> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for row in &path.rows {
        if !connections.iter().any(|known| same(*known, row.connections)) {
            connections.push(row.connections);
        }
        if !names.contains(&row.name.as_str()) {
            names.push(&row.name);
        }
    }
    let value = |name: &str, at: f64| {
        let row = path.rows.iter().find(|row| row.name == name && same(row.connections, at));
        row.map_or(0.0, |row| row.p50_millis)
    };
    let group = |name: &&str| Group {
        label: (*name).to_owned(),
        values: connections.iter().map(|at| value(name, *at)).collect(),
    };
    Bars {
        title: "Median time of an answer through the local cloud".to_owned(),
        unit: "ms".to_owned(),
        series: connections.iter().map(|at| format!("{} at once", count(*at))).collect(),
        groups: names.iter().map(group).collect(),
        stacked: false,
        show: figure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_stands_beside_the_floor_of_as_many_connections() {
        let path = r#"{ "rows": [
          { "name": "floor", "connections": 1, "requests": 500, "requestsPerSecond": 250, "p50Millis": 4, "p99Millis": 5 },
          { "name": "floor", "connections": 8, "requests": 500, "requestsPerSecond": 400, "p50Millis": 20, "p99Millis": 30 },
          { "name": "GET /v1/a", "connections": 8, "requests": 500, "requestsPerSecond": 300, "p50Millis": 25, "p99Millis": 40, "processes": 8 } ] }"#;
        let written = write(&serde_json::from_str(path).unwrap()).unwrap();
        assert!(written.text.contains("| GET /v1/a | 8 | 500 | 300 | 25.0 | 40.0 | 80.0 % | 8 |"), "{}", written.text);
        assert!(written.files[0].1.contains("8 at once"));
    }
}
