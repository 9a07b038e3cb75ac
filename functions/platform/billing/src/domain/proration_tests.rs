//! Proration: published cases, and exactness over random histories.

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use types::Uuid;

use super::*;

/// The number of random histories: few enough for each run of the unit tests; `BILLING_CASES=1000000` tries more.
const CASES: u32 = 2_000;

fn price(number: u128) -> PriceId {
    PriceId::new(Uuid::from_u128(number))
}

fn charge(number: u128, amount: i64) -> Charge {
    Charge { price: price(number), amount }
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn period(start: &str, end: &str) -> Period {
    Period { number: 0, start: instant(start), end: instant(end) }
}

fn thirty_days() -> Period {
    period("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z")
}

fn amounts(lines: &[Line]) -> Vec<i64> {
    lines.iter().map(|line| line.amount).collect()
}

#[test]
fn case_14_the_denominator_is_the_whole_period() {
    let quarter = period("2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let start = Change { at: instant("2026-05-20T00:00:00Z"), charge: Some(charge(1, 9_000)) };
    // 42 of 91 days.
    let parts = segments(&quarter, &[start]);
    assert_eq!(parts.iter().map(|part| part.amount).collect::<Vec<_>>(), [4_154]);
}

#[test]
fn case_16_changes_back_and_forth_at_one_instant_cost_nothing() {
    let account = PeriodAccount::open(thirty_days(), charge(1, 999)).billed();
    let at = instant("2026-04-11T00:00:00Z");
    let there = account.with(Change { at, charge: Some(charge(2, 1_999)) });
    let back = there.billed().with(Change { at, charge: Some(charge(1, 999)) });
    assert_eq!((amounts(&there.due()), amounts(&back.due())), (vec![-666, 1_333], vec![-1_333, 666]));
    assert_eq!(account.with(Change { at, charge: Some(charge(2, 1_999)) }).with(back.changes[2]).due(), []);
    assert_eq!(back.billed().totals(), account.totals());
}

#[test]
fn case_18_currencies_without_and_with_three_decimals_count_minor_units() {
    let january = period("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    let last_six_days = |amount| {
        let start = Change { at: instant("2026-01-26T00:00:00Z"), charge: Some(charge(1, amount)) };
        segments(&january, &[start])[0].amount
    };
    // JPY 10,000 and KWD 10.000.
    assert_eq!((last_six_days(10_000), last_six_days(10_000)), (1_935, 1_935));
}

#[test]
fn an_upgrade_is_charged_to_the_second() {
    let at = thirty_days().start + SignedDuration::from_secs(10 * 86_400 + 3 * 3_600 + 7 * 60 + 11);
    let account = PeriodAccount::open(thirty_days(), charge(1, 999)).billed();
    let due = account.with(Change { at, charge: Some(charge(2, 1_999)) }).due();
    assert_eq!(amounts(&due), [-662, 1_324]);
}

#[test]
fn one_price_throughout_costs_exactly_that_price_however_often_it_is_chosen() {
    let mut account = PeriodAccount::open(thirty_days(), charge(1, 999));
    for days in 1..29 {
        let at = thirty_days().start + SignedDuration::from_hours(24 * days);
        account = account.with(Change { at, charge: Some(charge(1, 999)) });
    }
    assert_eq!(account.totals(), BTreeMap::from([(price(1), 999)]));
    assert_eq!(segments(&account.period, &account.changes).len(), 1);
}

#[test]
fn an_empty_segment_has_no_line() {
    let end = thirty_days().end;
    let account = PeriodAccount::open(thirty_days(), charge(1, 999)).billed();
    assert_eq!(account.with(Change { at: end, charge: Some(charge(2, 1_999)) }).due(), []);
}

#[test]
fn a_change_cannot_be_dated_before_the_one_before_it() {
    let account = PeriodAccount::open(thirty_days(), charge(1, 999));
    let account = account.with(Change { at: instant("2026-04-20T00:00:00Z"), charge: Some(charge(2, 1_999)) });
    let account = account.with(Change { at: instant("2026-04-10T00:00:00Z"), charge: None });
    assert_eq!(account.changes[2].at, account.changes[1].at);
}

#[derive(Debug, Clone)]
struct History {
    period: Period,
    first: i64,
    changes: Vec<(i64, Option<(u128, i64)>)>,
}

fn histories() -> impl Strategy<Value = History> {
    let amount = prop_oneof![0..100_000_i64, 0..=i64::MAX / 4];
    let charge = prop::option::weighted(0.9, (1..6_u128, amount.clone()));
    let changes = prop::collection::vec((0..40_000_000_i64, charge), 0..12);
    (0..2_000_000_000_i64, 1..32_000_000_i64, amount, changes).prop_map(|(start, seconds, first, changes)| {
        let start = Timestamp::from_second(start).unwrap();
        let period = Period { number: 0, start, end: start + SignedDuration::from_secs(seconds) };
        History { period, first, changes }
    })
}

/// What the period costs, from each second's own price: the sum of price and seconds, before it is divided and rounded.
fn naive(period: &Period, changes: &[Change]) -> i128 {
    let mut sum = 0;
    for (index, change) in changes.iter().enumerate() {
        let end = changes.get(index + 1).map_or(period.end, |next| next.at);
        let seconds = end.as_second() - change.at.as_second();
        sum += change.charge.map_or(0, |charge| i128::from(charge.amount) * i128::from(seconds));
    }
    sum
}

fn check(history: &History) -> Result<(), TestCaseError> {
    let period = history.period;
    let mut offsets: Vec<i64> = history.changes.iter().map(|(offset, _)| offset % (period.seconds() + 1)).collect();
    offsets.sort_unstable();
    let mut account = PeriodAccount::open(period, charge(0, history.first));
    let mut documents: i128 = 0;
    let mut per_price: BTreeMap<PriceId, i64> = BTreeMap::new();
    let mut changes = offsets.iter().zip(&history.changes);
    loop {
        let due = account.due();
        for line in &due {
            documents += i128::from(line.amount);
            let sum = per_price.entry(line.price).or_insert(0);
            *sum += line.amount;
            prop_assert!(*sum >= 0, "no more is credited than was invoiced");
        }
        account = account.billed();
        prop_assert_eq!(&account.due(), &[], "what was billed is not due again");
        let parts = segments(&period, &account.changes);
        let sum: i128 = parts.iter().map(|part| i128::from(part.amount)).sum();
        let whole = i128::from(period.seconds());
        prop_assert_eq!(documents, sum, "documents sum to the segments");
        prop_assert_eq!(sum, round_div(naive(&period, &account.changes), whole), "exact to the minor unit");
        for part in &parts {
            let exact = account.changes.iter().filter_map(|change| change.charge).filter(|one| one.price == part.price);
            prop_assert!(part.amount >= 0 && exact.clone().any(|one| part.amount <= one.amount));
        }
        let Some((offset, (_, to))) = changes.next() else { return Ok(()) };
        let at = period.start + SignedDuration::from_secs(*offset);
        account = account.with(Change { at, charge: to.map(|(number, amount)| charge(number, amount)) });
    }
}

#[test]
fn documents_sum_to_the_segments_exactly_to_the_minor_unit_over_random_histories() {
    let cases = std::env::var("BILLING_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(&histories(), |history| check(&history)).unwrap();
}
