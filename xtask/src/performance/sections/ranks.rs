//! What costs most: where to begin if something is to become cheaper or faster.

use super::Written;
use crate::failure::Result;
use crate::performance::money::{Model, Month, month};
use crate::performance::text::{Table, dollars, percent};

/// How many are shown.
const SHOWN: usize = 12;

/// The largest costs of a month, for each number of users.
pub fn write(model: &Model<'_>) -> Result<Written> {
    let mut written = Written::default();
    let profiles = model.workload.by_users();
    let months: Vec<Month> = profiles.into_iter().map(|profile| month(model, profile)).collect::<Result<_>>()?;
    written.say("By what is bought, a month:");
    written.say(&bought(model, &months)?);
    for month in &months {
        written.say(&format!("**{}**: {} a month", month.title, dollars(month.dollars())));
        written.say(&largest(month));
    }
    written.say("The largest by function, at the traffic of the most users: table, Lambda, and what is logged and traced of it.");
    written.say(&by_function(model)?);
    Ok(written)
}

/// Dollars per price, the largest at the most users first.
fn bought(model: &Model<'_>, months: &[Month]) -> Result<String> {
    let mut costs: Vec<(&str, Vec<f64>)> = Vec::new();
    for (name, price) in &model.prices.prices {
        let unit = model.prices.unit(name)?;
        let of = |month: &Month| month.lines().filter_map(|line| line.quantities.get(name)).sum::<f64>() * unit;
        costs.push((&price.what, months.iter().map(of).collect()));
    }
    costs.retain(|(_, dollars)| dollars.iter().any(|cost| *cost > 0.0));
    let last = |dollars: &[f64]| dollars.last().copied().unwrap_or_default();
    costs.sort_by(|a, b| last(&b.1).total_cmp(&last(&a.1)));
    let mut table = Table::new([String::new()].into_iter().chain(months.iter().map(|month| month.title.clone())));
    for (what, dollars_each) in costs.into_iter().take(2 * SHOWN) {
        table.row([what.to_owned()].into_iter().chain(dollars_each.iter().map(|cost| dollars(*cost))));
    }
    Ok(table.text())
}

fn largest(month: &Month) -> String {
    let mut costs: Vec<(f64, &str, &str)> = Vec::new();
    for line in month.lines() {
        for (part, dollars) in &line.parts {
            costs.push((*dollars, part.title(), &line.what));
        }
    }
    costs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let sum = month.dollars();
    let mut table = Table::new(["part", "for", "a month", "share"]).with_words(2);
    for (cost, part, what) in costs.into_iter().take(SHOWN) {
        table.row([part.to_owned(), what.to_owned(), dollars(cost), percent(cost / sum)]);
    }
    table.text()
}

fn by_function(model: &Model<'_>) -> Result<String> {
    let profiles = model.workload.by_users();
    let Some(most) = profiles.last() else { return Ok(String::new()) };
    let mut costs: Vec<(f64, String, [f64; 3])> = Vec::new();
    for (name, parts) in model.by_function(most)? {
        costs.push((parts.iter().sum(), name, parts));
    }
    costs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut table = Table::new(["function", "sum", "table", "Lambda", "logs and traces"]);
    for (sum, name, parts) in costs.into_iter().take(SHOWN) {
        let cells = parts.iter().map(|part| dollars(*part));
        table.row([format!("`{name}`"), dollars(sum)].into_iter().chain(cells));
    }
    Ok(table.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::measured::Measured;
    use crate::performance::{model, money};

    #[test]
    fn the_largest_come_first() {
        let repository = money::fixture_repository();
        let measured = Measured::read(&repository).unwrap();
        let model = model(&repository, &measured).unwrap().unwrap();
        let text = write(&model).unwrap().text;
        let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is not in {text}"));
        // 27 cents of metrics, ten cents of alarms, 1.2 cents of mail.
        assert!(place("| metrics of failures |") < place("| alarms |"));
        assert!(place("| alarms |") < place("| other | order |"));
        assert!(text.contains("| `orders-place-order` |"));
    }
}
