//! Costs against the number of items: tables and curves per kind.

use super::Written;
use crate::failure::Result;
use crate::performance::measured::{Growth, GrowthRow, Size};
use crate::performance::plot::{Curve, Curves};
use crate::performance::text::{Table, count, figure};

/// Each kind: a table of units and times, and a plot of both.
pub fn write(growth: &Growth) -> Result<Written> {
    let mut written = Written::default();
    written.say(
        "The bench fails where a claim does not hold. Level: the same for any number of items, from where an answer is as large as \
         it gets. Bounded: it grows with what lies where one looks, up to a limit. Own: it grows with what the person \
         themselves has, since all of it is asked for.",
    );
    for kind in kinds(growth) {
        let rows: Vec<_> = growth.rows.iter().filter(|row| row.kind == kind).collect();
        written.say(&format!("**{}**", title(&kind)));
        written.say(&table(&rows));
        for (what, unit, of) in [
            ("units", "read and write units", (|size| size.read_units + size.write_units) as fn(&Size) -> f64),
            ("millis", "ms", |size| size.millis),
        ] {
            let about = format!("{}: {unit} by the number of items", title(&kind));
            let chart = Curves { title: about.clone(), unit: unit.to_owned(), curves: curves(&rows, of) };
            written.show(&format!("growth-{kind}-{what}"), &about, chart.svg()?);
        }
    }
    Ok(written)
}

fn kinds(growth: &Growth) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for row in &growth.rows {
        if !kinds.contains(&row.kind) {
            kinds.push(row.kind.clone());
        }
    }
    kinds
}

fn title(kind: &str) -> String {
    match kind {
        "list" => "Lists".to_owned(),
        "search" => "Nearby search".to_owned(),
        "full_text" => "Full-text search".to_owned(),
        "balance" => "Balances".to_owned(),
        "transfer" => "Donations and transfers".to_owned(),
        "checkout" => "Products, carts and orders".to_owned(),
        "evaluation" => "Badge evaluation".to_owned(),
        "export" => "Export of all that is held on a person".to_owned(),
        "forgetting" => "Forgetting a person".to_owned(),
        other => other.to_owned(),
    }
}

/// Calls, rounds, units and time at each size: a figure that is the same everywhere is told once.
fn table(rows: &[&GrowthRow]) -> String {
    let sizes: Vec<f64> = rows.first().map(|row| row.sizes.iter().map(|size| size.items).collect()).unwrap_or_default();
    let millis = sizes.iter().map(|items| format!("ms at {}", count(*items)));
    let head = ["", "more and more", "claim", "calls", "rounds", "read units", "write units"].map(str::to_owned);
    let mut table = Table::new(head.into_iter().chain(millis)).with_words(3);
    for row in rows {
        let each = |of: fn(&Size) -> f64| steady(&row.sizes.iter().map(of).collect::<Vec<_>>());
        let figures = [
            each(|size| size.calls),
            if row.sizes.iter().any(|size| size.rounds.is_none()) {
                "-".to_owned()
            } else {
                each(|size| size.rounds.unwrap_or_default())
            },
            each(|size| size.read_units),
            each(|size| size.write_units),
        ];
        let millis = sizes.iter().map(|items| {
            let size = row.sizes.iter().find(|size| (size.items - items).abs() < 0.5);
            size.map_or_else(|| "-".to_owned(), |size| figure(size.millis))
        });
        let words = [row.name.clone(), row.grows.clone(), row.claim.clone()];
        table.row(words.into_iter().chain(figures).chain(millis));
    }
    table.text()
}

/// One figure if all are the same, else all of them.
fn steady(values: &[f64]) -> String {
    let mut shown: Vec<_> = values.iter().map(|value| count(*value)).collect();
    shown.dedup();
    shown.join(", ")
}

/// The dearest first: they get colours of their own. Those that lie on each other are one curve.
fn curves(rows: &[&GrowthRow], of: fn(&Size) -> f64) -> Vec<Curve> {
    let curve = |row: &&GrowthRow| Curve {
        name: row.name.clone(),
        points: row.sizes.iter().map(|size| (size.items, of(size))).collect(),
    };
    let mut curves: Vec<_> = rows.iter().map(curve).collect();
    let last = |curve: &Curve| curve.points.last().map_or(0.0, |(_, value)| *value);
    curves.sort_by(|a, b| last(b).total_cmp(&last(a)));
    let mut apart: Vec<(Curve, usize)> = Vec::new();
    for curve in curves {
        match apart.iter_mut().find(|(known, _)| known.points == curve.points) {
            Some((_, more)) => *more += 1,
            None => apart.push((curve, 0)),
        }
    }
    let name = |(curve, more): (Curve, usize)| match more {
        0 => curve,
        _ => Curve { name: format!("{} and {more} more", curve.name), ..curve },
    };
    apart.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_that_lie_on_each_other_are_one() {
        let row = |name: &str, units: f64| GrowthRow {
            name: name.to_owned(),
            sizes: vec![Size { items: 10.0, read_units: units, ..Size::default() }],
            ..GrowthRow::default()
        };
        let rows = [row("a", 1.0), row("b", 2.0), row("c", 1.0)];
        let found = curves(&rows.iter().collect::<Vec<_>>(), |size| size.read_units);
        assert_eq!(found.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>(), ["b", "a and 1 more"]);
    }

    #[test]
    fn what_does_not_grow_is_told_once() {
        let growth = r#"{ "rows": [ { "name": "GET /v1/a", "kind": "list", "grows": "items of others", "claim": "level", "sizes": [
          { "items": 10, "calls": 1, "rounds": 1, "readUnits": 0.5, "writeUnits": 0, "millis": 1.5 },
          { "items": 1000, "calls": 1, "rounds": null, "readUnits": 2, "writeUnits": 0, "millis": 1.6 } ] } ] }"#;
        let written = write(&serde_json::from_str(growth).unwrap()).unwrap();
        assert!(
            written.text.contains("| GET /v1/a | items of others | level | 1 | - | 0.500, 2 | 0 | 1.50 | 1.60 |"),
            "{}",
            written.text
        );
        assert_eq!(written.files.len(), 2);
    }
}
