//! The price table: what AWS asks for a unit of each thing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::repository::Repository;

/// Where the table is.
pub const PRICES: &str = "tests/bench/money/prices.yaml";

/// How many units of each price were used.
pub type Quantities = BTreeMap<String, f64>;

/// The part of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// API Gateway.
    Gateway,
    /// Lambda.
    Lambda,
    /// DynamoDB.
    Table,
    /// Bus, archive, queues, timers, state machines.
    Events,
    /// Logs, metrics, alarms, traces.
    Watching,
    /// Mail, push, pictures, traffic to the internet.
    Other,
    /// Containers; in no bill of this system.
    AlwaysOn,
}

impl Part {
    /// Those of a bill of this system.
    pub const ALL: [Self; 6] = [Self::Gateway, Self::Lambda, Self::Table, Self::Events, Self::Watching, Self::Other];

    /// What readers call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Lambda => "Lambda",
            Self::Table => "table",
            Self::Events => "events",
            Self::Watching => "logs, metrics, traces",
            Self::Other => "other",
            Self::AlwaysOn => "containers",
        }
    }
}

/// The whole table.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the file")]
pub struct Prices {
    /// The day on which it was last gone through.
    pub checked: String,
    /// The region that it is of.
    pub region: String,
    /// By name.
    pub prices: BTreeMap<String, Price>,
}

/// One price.
#[derive(Debug, Deserialize)]
pub struct Price {
    /// What it buys one of.
    pub what: String,
    /// What else there is to know of it.
    #[serde(default)]
    pub note: String,
    /// Where on a bill it stands.
    pub part: Part,
    /// Dollars for `per` of it.
    pub dollars: f64,
    /// How many that buys.
    pub per: f64,
    /// How many a month are free for everybody, for ever.
    #[serde(default)]
    pub free: f64,
    /// AWS's own page.
    pub page: String,
    /// Where the figure was read; none if it is from knowledge.
    pub seen: Option<Seen>,
}

/// Where a figure was read.
#[derive(Debug, Deserialize)]
pub struct Seen {
    /// The page.
    pub at: String,
    /// As of when it states it.
    #[serde(deserialize_with = "day")]
    pub on: String,
}

/// A day, or as much of one as a page states: `2024` is a number to YAML.
fn day<'de, D: serde::Deserializer<'de>>(input: D) -> std::result::Result<String, D::Error> {
    Ok(match yaml_serde::Value::deserialize(input)? {
        yaml_serde::Value::Number(year) => year.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    })
}

impl Prices {
    /// Reads the table.
    pub fn read(repository: &Repository) -> Result<Self> {
        Self::parse(&repository.read(PRICES)?)
    }

    /// Reads the table from its text.
    pub fn parse(text: &str) -> Result<Self> {
        yaml_serde::from_str(text).map_err(|error| Failure::new(format!("{PRICES} is no price table: {error}.")))
    }

    /// Dollars for one unit.
    pub fn unit(&self, name: &str) -> Result<f64> {
        self.prices
            .get(name)
            .map(|price| price.dollars / price.per)
            .ok_or_else(|| Failure::new(format!("{PRICES} has no `{name}`.")))
    }

    /// Dollars per part of a bill.
    pub fn bill(&self, quantities: &Quantities) -> Result<BTreeMap<Part, f64>> {
        let mut parts: BTreeMap<Part, f64> = BTreeMap::new();
        for (name, quantity) in quantities {
            let part = self.prices.get(name).map_or(Part::Other, |price| price.part);
            *parts.entry(part).or_default() += quantity * self.unit(name)?;
        }
        Ok(parts)
    }

    /// What the free allowances of a month would take off, if nothing else in the account uses them.
    pub fn allowance(&self, quantities: &Quantities) -> Result<f64> {
        let mut off = 0.0;
        for (name, quantity) in quantities {
            let free = self.prices.get(name).map_or(0.0, |price| price.free);
            off += quantity.min(free) * self.unit(name)?;
        }
        Ok(off)
    }
}

/// Adds so many units.
pub fn add(quantities: &mut Quantities, name: &str, count: f64) {
    if count != 0.0 {
        *quantities.entry(name.to_owned()).or_default() += count;
    }
}

/// Adds so many times what something else uses.
pub fn add_all(quantities: &mut Quantities, more: &Quantities, times: f64) {
    for (name, count) in more {
        add(quantities, name, count * times);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "
checked: 2026-01-02
region: r
prices:
  a: { what: an a, part: table, dollars: 0.5, per: 1000, free: 100, page: p, seen: { at: q, on: 2024 } }
  b: { what: a b, part: events, dollars: 2, per: 1, page: p }
";

    #[test]
    fn a_bill_is_units_times_prices_and_allowances_are_apart() {
        let prices = Prices::parse(TABLE).unwrap();
        let mut used = Quantities::new();
        add(&mut used, "a", 250.0);
        add_all(&mut used, &Quantities::from([("b".to_owned(), 0.5)]), 3.0);
        // 250 at 0.0005, and 1.5 at 2.
        assert_eq!(prices.bill(&used), Ok([(Part::Table, 0.125), (Part::Events, 3.0)].into()));
        // 100 of the a are free.
        assert_eq!(prices.allowance(&used), Ok(0.05));
        assert_eq!(prices.prices["a"].seen.as_ref().unwrap().on, "2024");
    }

    #[test]
    fn what_has_no_price_is_named() {
        let prices = Prices::parse(TABLE).unwrap();
        let used = Quantities::from([("c".to_owned(), 1.0)]);
        assert!(prices.bill(&used).unwrap_err().to_string().contains("`c`"));
    }
}
