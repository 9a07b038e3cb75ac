//! Lambda figures: the spread over all functions, the worst ones, and all of them on a page of their own.

use super::Written;
use crate::failure::Result;
use crate::performance::measured::{Figures, Functions, Latency};
use crate::performance::plot::{Bars, Group};
use crate::performance::text::{Table, count, figure, mebibytes, megabytes, quantile};

/// How many of the worst are shown.
const WORST: usize = 10;

/// A figure that is told of each function: its heading, how it is had (none where it was not measured), how it is written.
type Figure = (&'static str, fn(&Figures) -> Option<f64>, fn(f64) -> String);

const FIGURES: [Figure; 11] = [
    ("init, ms", |one| Some(one.init_millis), figure),
    ("init, processor ms", |one| Some(one.init_cpu_millis), figure),
    ("first, table at 0 ms", |one| at(one, 0.0, |latency| latency.first_millis), figure),
    ("first, table at 3 ms", |one| at(one, 3.0, |latency| latency.first_millis), figure),
    ("warm p50, table at 0 ms", |one| at(one, 0.0, |latency| latency.warm_p50_millis), figure),
    ("warm p50, table at 3 ms", |one| at(one, 3.0, |latency| latency.warm_p50_millis), figure),
    ("warm p99, table at 0 ms", |one| at(one, 0.0, |latency| latency.warm_p99_millis), figure),
    ("warm, processor ms", |one| at(one, 0.0, |latency| latency.warm_cpu_millis), figure),
    ("peak memory, MiB", |one| Some(one.peak_kib), mebibytes),
    ("binary, MB", |one| Some(one.bytes), megabytes),
    ("log, bytes", |one| Some(one.log_bytes), count),
];

fn at(figures: &Figures, added_millis: f64, of: fn(&Latency) -> f64) -> Option<f64> {
    figures.at(added_millis).map(of)
}

/// Spread, worst, and the page.
pub fn write(functions: &Functions) -> Result<Written> {
    let mut written = Written::default();
    written.say(&format!(
        "{} functions; init is the median of {} starts, warm figures stand on up to {} invocations each.",
        functions.functions.len(),
        count(functions.cold_starts),
        count(functions.warm_invocations)
    ));
    let refused = refusals(functions);
    if !refused.is_empty() {
        written.say(&format!("Measured while they refuse, since success cannot be had in the bench: {refused}."));
    }
    written.say(&spread(functions));
    written.bars("cold", &cold(functions))?;
    written.say("The slowest to start:");
    written.say(&worst(functions, 0));
    written.say("The largest binaries:");
    written.say(&worst(functions, 9));
    written.say("The most processor time, warm:");
    written.say(&worst(functions, 7));
    written.say(&format!("All functions: [{0}/functions.md]({0}/functions.md).", super::BESIDE));
    written.page("functions", &page(functions));
    Ok(written)
}

/// The endpoints that answered with a status of 400 or more.
fn refusals(functions: &Functions) -> String {
    let refused = functions.functions.iter().filter_map(|one| {
        let status = one.status.filter(|status| *status >= 400)?;
        Some(format!("`{}` ({status})", one.name))
    });
    refused.collect::<Vec<_>>().join(", ")
}

fn spread(functions: &Functions) -> String {
    let mut table = Table::new(["", "least", "median", "p90", "most", "most in"]);
    for (name, of, show) in FIGURES {
        let mut values: Vec<(f64, &str)> =
            functions.functions.iter().filter_map(|one| of(one).map(|value| (value, one.name.as_str()))).collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let sorted: Vec<f64> = values.iter().map(|(value, _)| *value).collect();
        let Some((_, last)) = values.last() else { continue };
        let shares = [0.0, 0.5, 0.9, 1.0].map(|share| show(quantile(&sorted, share)));
        table.row([name.to_owned()].into_iter().chain(shares).chain([format!("`{last}`")]));
    }
    table.text()
}

/// The functions with the most of the figure at `index`, with what else tells why.
fn worst(functions: &Functions, index: usize) -> String {
    let (_, of, _) = FIGURES[index];
    let mut sorted: Vec<_> = functions.functions.iter().collect();
    sorted.sort_by(|a, b| of(b).unwrap_or_default().total_cmp(&of(a).unwrap_or_default()));
    rows(sorted.into_iter().take(WORST), &[0, 1, 3, 5, 7, 8, 9])
}

fn rows<'a>(functions: impl Iterator<Item = &'a Figures>, columns: &[usize]) -> String {
    let chosen: Vec<_> = columns.iter().map(|column| FIGURES[*column]).collect();
    let head = ["function".to_owned()].into_iter().chain(chosen.iter().map(|(name, _, _)| (*name).to_owned()));
    let mut table = Table::new(head);
    for one in functions {
        let cells = chosen.iter().map(|(_, of, show)| of(one).map_or_else(|| "-".to_owned(), show));
        table.row([format!("`{}`", one.name)].into_iter().chain(cells));
    }
    table.text()
}

fn page(functions: &Functions) -> String {
    let mut sorted: Vec<_> = functions.functions.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let columns: Vec<usize> = (0..FIGURES.len()).collect();
    format!(
        "# Every function\n\nGenerated by `cargo xtask performance`; how it is measured says [performance.md](../performance.md).\n\n{}",
        rows(sorted.into_iter(), &columns)
    )
}

/// The longest ways from nothing to the first answer.
fn cold(functions: &Functions) -> Bars {
    let parts = |one: &Figures| [one.init_millis, at(one, 3.0, |latency| latency.first_millis).unwrap_or_default()];
    let mut sorted: Vec<_> = functions.functions.iter().collect();
    sorted.sort_by(|a, b| parts(b).iter().sum::<f64>().total_cmp(&parts(a).iter().sum()));
    let group = |one: &&Figures| Group { label: one.name.clone(), values: parts(one).to_vec() };
    Bars {
        title: format!("The {WORST} slowest cold starts, table at 3 ms"),
        unit: "ms".to_owned(),
        series: vec!["init".to_owned(), "first invocation".to_owned()],
        groups: sorted.iter().take(WORST).map(group).collect(),
        stacked: true,
        show: figure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::money;

    #[test]
    fn the_spread_names_the_worst_and_the_page_has_all() {
        let mut functions = money::fixture_functions();
        assert!(!write(&functions).unwrap().text.contains("refuse"));
        functions.functions[0].status = Some(409);
        let written = write(&functions).unwrap();
        assert!(written.text.contains("`orders-place-order` (409)"));
        assert!(
            written.text.contains("| init, ms | 10.0 | 12.0 | 12.0 | 12.0 | `orders-count-orders` |"),
            "{}",
            written.text
        );
        let (path, page) = written.files.iter().find(|(path, _)| path.ends_with("functions.md")).unwrap();
        assert!(path.starts_with("docs/") && page.contains("`orders-place-order`"));
    }
}
