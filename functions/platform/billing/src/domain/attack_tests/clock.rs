//! Long histories, leap days, ends of months, and zones with strange clocks.

use calendar::ZoneName;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use types::{PriceId, SubscriptionId, Uuid};

use crate::domain::fixture::price;
use crate::domain::managed::{Due, Managed, Payment};
use crate::domain::period::{Anchor, Interval};
use crate::domain::proration::{Change, Charge, PeriodAccount};

const ZONES: [&str; 10] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Antarctica/Troll",
];

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn id() -> SubscriptionId {
    SubscriptionId::new(Uuid::from_u128(10))
}

#[test]
fn a_hundred_years_of_renewals_are_1200_whole_months_that_touch() {
    for (start, zone) in [("2027-01-31T23:59:59Z", "Europe/Berlin"), ("2028-02-29T12:00:00Z", "Pacific/Apia")] {
        let started_at = instant(start);
        let anchor = Anchor::new(started_at, ZoneName::parse(zone).unwrap());
        let mut managed = Managed::start(id(), price("pro", 999), None, anchor, false).unwrap().managed;
        let (mut end, mut billed) = (started_at, 0_i64);
        for month in 0..1_200 {
            let period = managed.account.as_ref().unwrap().period;
            assert_eq!((period.number, period.start), (month, end));
            billed += managed.account.as_ref().unwrap().total();
            let invoice = managed.open.as_ref().unwrap().invoice;
            let Payment::Applied(paid) = managed.paid(invoice, started_at, end) else { panic!("open") };
            end = period.end;
            assert_eq!((paid.due(started_at, end), paid.paid_until), (Due::Renewal, Some(end)));
            managed = paid.renew(id(), started_at, end).unwrap().managed;
        }
        assert_eq!(billed, 1_200 * 999);
        assert_eq!(end, managed.anchor.bound(Interval::Month, 1_200).unwrap());
    }
}

#[test]
fn at_the_end_of_the_calendar_nothing_panics() {
    for text in ["9999-12-30T22:00:00Z", "9999-11-30T00:00:00Z", "-009999-01-02T01:59:59Z"] {
        for zone in ZONES {
            let anchor = Anchor::new(instant(text), ZoneName::parse(zone).unwrap());
            for interval in [Interval::Month, Interval::Quarter, Interval::Year] {
                for number in [i32::MIN, -1, 0, 1, i32::MAX] {
                    let _ = anchor.period(interval, number);
                }
                let _ = anchor.containing(interval, Timestamp::MAX);
                let _ = anchor.containing(interval, Timestamp::MIN);
            }
            assert_eq!(anchor.days_later(u16::MAX).is_some(), text.starts_with('-'));
        }
    }
}

#[test]
fn a_trial_that_ends_on_a_leap_day_is_followed_by_ends_of_months() {
    let started_at = instant("2028-02-15T10:00:00Z");
    let trial = crate::domain::catalogue::Price { trial_days: 14, ..price("pro", 999) };
    let anchor = Anchor::new(started_at, ZoneName::utc());
    let managed = Managed::start(id(), trial, None, anchor, true).unwrap().managed;
    assert_eq!(managed.trial_until, Some(instant("2028-02-29T10:00:00Z")));
    let first = managed.renew(id(), started_at, managed.trial_until.unwrap()).unwrap().managed;
    let bounds: Vec<String> = (0..3).map(|n| first.anchor.bound(Interval::Year, n).unwrap().to_string()).collect();
    assert_eq!(bounds, ["2028-02-29T10:00:00Z", "2029-02-28T10:00:00Z", "2030-02-28T10:00:00Z"]);
    assert_eq!(first.account.unwrap().period.end, instant("2028-03-29T10:00:00Z"));
}

/// Exactly halfway from 10 to 20 a month: -5 and +10, so 5 are due.
#[test]
fn half_a_period_costs_half() {
    let charge = |number, amount| Charge { price: PriceId::new(Uuid::from_u128(number)), amount };
    let anchor = Anchor::new(instant("2027-04-01T00:00:00Z"), ZoneName::utc());
    let period = anchor.period(Interval::Month, 0).unwrap();
    let account = PeriodAccount::open(period, charge(1, 1_000)).billed();
    let half = period.start + SignedDuration::from_hours(24 * 15);
    let due = account.with(Change { at: half, charge: Some(charge(2, 2_000)) }).due();
    assert_eq!(due.iter().map(|line| line.amount).collect::<Vec<_>>(), [-500, 1_000]);
}

/// The check value of the research for billing: 9.99 to 19.99 after 10 d 3 h 7 m 11 s of a 30-day month.
#[test]
fn a_change_in_the_middle_of_a_second_hand_costs_what_was_computed_by_hand() {
    let charge = |number, amount| Charge { price: PriceId::new(Uuid::from_u128(number)), amount };
    let anchor = Anchor::new(instant("2027-04-01T00:00:00Z"), ZoneName::utc());
    let account = PeriodAccount::open(anchor.period(Interval::Month, 0).unwrap(), charge(1, 999)).billed();
    let at = anchor.at + SignedDuration::from_secs(10 * 86_400 + 3 * 3_600 + 7 * 60 + 11);
    let due = account.with(Change { at, charge: Some(charge(2, 1_999)) }).due();
    assert_eq!(due.iter().map(|line| line.amount).collect::<Vec<_>>(), [-662, 1_324]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn in_every_zone_periods_touch_rise_and_contain_their_instants(
        second in 946_684_800_i64..4_102_444_800,
        zone in prop::sample::select(&ZONES[..]),
        number in 0..1_200_i32,
        part in 0.0..1.0_f64,
    ) {
        let anchor = Anchor::new(Timestamp::from_second(second).unwrap(), ZoneName::parse(zone).unwrap());
        for interval in [Interval::Month, Interval::Quarter, Interval::Year] {
            let period = anchor.period(interval, number).unwrap();
            prop_assert!(period.start < period.end);
            prop_assert_eq!(period.end, anchor.period(interval, number + 1).unwrap().start);
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any instant inside will do")]
            let inside = period.start + SignedDuration::from_secs((period.seconds() as f64 * part) as i64);
            prop_assert_eq!(anchor.containing(interval, inside), Some(period));
        }
    }
}
