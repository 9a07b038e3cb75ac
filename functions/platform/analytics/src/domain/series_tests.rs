use super::*;

fn row(grain: Grain, at: &str, cell: Cell, buckets: &[(&str, i64)]) -> RowSums {
    let buckets = buckets.iter().map(|(name, sum)| ((*name).to_owned(), *sum)).collect();
    RowSums { cell, grain, row: grain.row(at.parse().unwrap()), buckets }
}

fn range(from: &str, to: &str, interval: Interval) -> Range {
    Range::between(from.parse().unwrap(), to.parse().unwrap(), interval, 1_000).unwrap()
}

fn eur() -> CurrencyCode {
    CurrencyCode::parse("EUR").unwrap()
}

fn numbers(values: &Values, number: usize) -> Vec<i64> {
    values.series[number].values.iter().map(|value| value.unwrap_or(-1)).collect()
}

#[test]
fn shards_are_added_and_gaps_are_zero() {
    let days = range("2026-11-28T00:00:00Z", "2026-12-02T00:00:00Z", Interval::Day);
    let rows = [
        row(Grain::Days, "2026-11-01T00:00:00Z", Cell::total(None), &[("d27", 100), ("d28", 1), ("d30", 2)]),
        row(Grain::Days, "2026-11-01T00:00:00Z", Cell::total(None), &[("d30", 3)]),
        row(Grain::Days, "2026-12-01T00:00:00Z", Cell::total(None), &[("d01", 7), ("d02", 100)]),
    ];
    let values = summed(days, &rows, true);
    assert_eq!(values.series.len(), 1);
    assert_eq!(numbers(&values, 0), [1, 0, 5, 7]);
}

#[test]
fn months_are_the_sums_of_their_days() {
    let months = range("2026-11-28T00:00:00Z", "2026-12-02T00:00:00Z", Interval::Month);
    let rows = [row(Grain::Days, "2026-11-01T00:00:00Z", Cell::total(None), &[("d01", 4), ("d30", 3)])];
    assert_eq!(numbers(&summed(months, &rows, true), 0), [7, 0]);
}

#[test]
fn a_metric_without_events_has_a_series_of_zeros_and_an_amount_has_none() {
    let hours = range("2026-11-28T00:00:00Z", "2026-11-28T02:00:00Z", Interval::Hour);
    assert_eq!(numbers(&summed(hours, &[], true), 0), [0, 0]);
    assert!(summed(hours, &[], false).series.is_empty());
}

#[test]
fn series_are_sorted_by_currency_and_value() {
    let hours = range("2026-11-28T05:00:00Z", "2026-11-28T06:00:00Z", Interval::Hour);
    let cell = |value: &str, currency: &str| Cell::of("funding", value, CurrencyCode::parse(currency).ok());
    let at = "2026-11-28T00:00:00Z";
    let rows = [("card", "USD"), ("card", "EUR"), ("balance", "USD")]
        .map(|(value, currency)| row(Grain::Hours, at, cell(value, currency), &[("h05", 1)]));
    let values = summed(hours, &rows, false);
    let names: Vec<_> = values.series.iter().map(|one| (one.currency.clone().unwrap(), one.value.clone())).collect();
    let usd = CurrencyCode::parse("USD").unwrap();
    assert_eq!(
        names,
        [(eur(), Some("card".into())), (usd.clone(), Some("balance".into())), (usd, Some("card".into()))]
    );
}

#[test]
fn a_quotient_is_rounded_half_away_from_zero_and_absent_without_a_divisor() {
    let days = range("2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z", Interval::Day);
    let at = "2026-11-01T00:00:00Z";
    let sales = [row(Grain::Days, at, Cell::total(Some(eur())), &[("d01", 1_001), ("d02", 500), ("d03", 10)])];
    let orders = [
        row(Grain::Days, at, Cell::of("currency", "EUR", None), &[("d01", 2), ("d03", 4)]),
        row(Grain::Days, at, Cell::of("currency", "USD", None), &[("d02", 5)]),
        row(Grain::Days, at, Cell::total(None), &[("d01", 2), ("d02", 5), ("d03", 4)]),
    ];
    let values = quotient(days, &sales, &orders);
    assert_eq!(values.series.len(), 1);
    assert_eq!(values.series[0].values, [Some(501), None, Some(3), None]);
    // The average of a month is not the average of its days' averages.
    let month = range("2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z", Interval::Month);
    assert_eq!(quotient(month, &sales, &orders).series[0].values, [Some(252)]);
}
