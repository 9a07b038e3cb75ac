//! Sums of days, clocks that change, and the account of a reservoir.

use jiff::civil::{Date, Time, date, time};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use types::{AquariumId, DosePlanId, UserId, Uuid};

use super::*;
use calendar::ZoneName;
use jiff::Timestamp;

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/St_Johns",
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rhythm(zone: &str, daily_ul: u64, times: Vec<Time>) -> Rhythm {
    Rhythm {
        daily_ul,
        times,
        zone: ZoneName::parse(zone).unwrap(),
        weekdays: DoseDay::ALL.into(),
        from: date(2026, 1, 1),
        until: None,
    }
}

fn regimen(zone: &str, daily_ul: u64, times: Vec<Time>) -> Regimen {
    Regimen::new(rhythm(zone, daily_ul, times), at("2026-01-01T00:00:00Z")).unwrap()
}

fn hours(count: i8) -> Vec<Time> {
    (0..count).map(|hour| time(hour, 30, 0, 0)).collect()
}

fn plan(now: Timestamp, rhythm: Rhythm, size_ul: u64, alarm_days: u16) -> DosePlan {
    let details = Details {
        product: "Calcium A".to_owned(),
        rhythm,
        pump: None,
        reservoir: Some(ReservoirSettings { size_ul, filled_ul: None, alarm_days }),
        fingerprint: Uuid::from_u128(1),
    };
    let (aquarium, owner) = (AquariumId::new(Uuid::from_u128(2)), UserId::new(Uuid::from_u128(3)));
    DosePlan::new(DosePlanId::new(Uuid::from_u128(4)), (aquarium, owner), details, Uuid::from_u128(5), now).unwrap()
}

fn balance(plan: &DosePlan, at: Timestamp) -> Balance {
    plan.reservoir.as_ref().unwrap().balance(&plan.course, at)
}

#[test]
fn a_day_is_divided_with_what_does_not_divide_at_the_first_doses() {
    let parts: Vec<_> = regimen("UTC", 10, hours(4)).parts().map(|(_, amount)| amount).collect();
    assert_eq!(parts, [3, 3, 2, 2]);
}

#[test]
fn a_skipped_time_comes_later_and_a_repeated_one_once() {
    let night = vec![time(1, 30, 0, 0), time(2, 30, 0, 0), time(3, 30, 0, 0)];
    let berlin = regimen("Europe/Berlin", 9, night.clone());
    // 02:30 does not exist on 29 March 2026 and falls on 03:30, which has a dose of its own: one dose of both.
    let spring = berlin.doses_on(date(2026, 3, 29));
    assert_eq!(spring, [(at("2026-03-29T00:30:00Z"), 3), (at("2026-03-29T01:30:00Z"), 6)]);
    // 02:30 occurs twice on 25 October 2026: the first counts.
    let autumn = berlin.doses_on(date(2026, 10, 25));
    let expected = [("2026-10-24T23:30:00Z", 3), ("2026-10-25T00:30:00Z", 3), ("2026-10-25T02:30:00Z", 3)];
    assert_eq!(autumn, expected.map(|(text, amount)| (at(text), amount)));
    // London, 30 October 2022: 01:30 wall time occurs twice, the dose once.
    let mut london = rhythm("Europe/London", 2, vec![time(1, 30, 0, 0)]);
    london.from = date(2022, 10, 1);
    let london = Regimen::new(london, at("2022-10-01T00:00:00Z")).unwrap();
    assert_eq!(london.doses_on(date(2022, 10, 30)), [(at("2022-10-30T00:30:00Z"), 2)]);
}

#[test]
fn a_date_that_a_zone_leaves_out_has_no_doses() {
    let mut apia = rhythm("Pacific/Apia", 2, vec![time(8, 0, 0, 0)]);
    apia.from = date(2011, 12, 1);
    let apia = Regimen::new(apia, at("2011-12-01T00:00:00Z")).unwrap();
    let doses = |day| apia.doses_on(date(2011, 12, day)).len();
    assert_eq!([doses(29), doses(30), doses(31)], [1, 0, 1]);
}

#[test]
fn rhythms_have_bounds() {
    let now = at("2026-01-01T00:00:00Z");
    let check = |change: &dyn Fn(&mut Rhythm)| {
        let mut changed = rhythm("UTC", 100, hours(2));
        change(&mut changed);
        Regimen::new(changed, now).map(|_| ())
    };
    assert_eq!(check(&|_| ()), Ok(()));
    assert_eq!(check(&|rhythm| rhythm.daily_ul = 1), Err(RegimenError::DailyAmount));
    assert_eq!(check(&|rhythm| rhythm.daily_ul = DAILY_UL.end() + 1), Err(RegimenError::DailyAmount));
    assert_eq!(check(&|rhythm| rhythm.times.clear()), Err(RegimenError::Times));
    assert_eq!(check(&|rhythm| rhythm.times = vec![time(8, 0, 0, 0); 2]), Err(RegimenError::Times));
    assert_eq!(check(&|rhythm| rhythm.weekdays.clear()), Err(RegimenError::Weekdays));
    assert_eq!(check(&|rhythm| rhythm.from = date(2027, 1, 3)), Err(RegimenError::From));
    assert_eq!(check(&|rhythm| rhythm.until = Some(date(2025, 12, 31))), Err(RegimenError::Until));
    assert_eq!(check(&|rhythm| rhythm.until = Some(date(2036, 1, 9))), Ok(()));
    assert_eq!(check(&|rhythm| rhythm.until = Some(date(2036, 1, 10))), Err(RegimenError::Until));
}

#[test]
fn a_reservoir_is_low_days_before_it_is_empty_and_the_members_are_notified_once_per_fill() {
    let start = at("2026-06-01T00:00:00Z");
    let first = plan(start, rhythm("UTC", 1_000, vec![time(8, 0, 0, 0)]), 10_000, 3);
    assert_eq!(first.empty_at, Some(at("2026-06-10T08:00:00Z")));
    assert_eq!(first.watched_at(), Some(at("2026-06-07T08:00:00Z")));
    assert_eq!(first.notified(at("2026-06-07T07:59:59Z")), None);
    let told = first.notified(at("2026-06-07T08:00:00Z")).unwrap();
    assert_eq!((told.watched_at(), told.notified(at("2026-06-09T00:00:00Z"))), (None, None));
    assert!(told.changed_fact(2, at("2026-06-07T08:00:00Z")).reservoir_low);
    let now = at("2026-06-08T00:00:00Z");
    let refilled = told.refilled((Uuid::from_u128(9), Uuid::from_u128(9)), None, now, now).unwrap();
    assert_eq!(refilled.watched_at(), Some(at("2026-06-14T08:00:00Z")));
    let account = balance(&refilled, now);
    assert_eq!((account.left_ul, account.given_ul, account.replaced_ul), (10_000, 7_000, 3_000));
}

#[test]
fn a_missed_dose_moves_the_end_and_no_other_dose() {
    let start = at("2026-06-01T00:00:00Z");
    let first = plan(start, rhythm("UTC", 1_000, vec![time(8, 0, 0, 0)]), 10_000, 3);
    let now = at("2026-06-03T12:00:00Z");
    let missed = first.missed(at("2026-06-02T08:00:00Z"), now).unwrap().unwrap();
    assert_eq!(missed.empty_at, Some(at("2026-06-11T08:00:00Z")));
    assert_eq!(missed.missed(at("2026-06-02T08:00:00Z"), now), Ok(None));
    for wrong in ["2026-06-04T08:00:00Z", "2026-06-02T08:00:01Z", "2026-05-31T08:00:00Z"] {
        assert_eq!(first.missed(at(wrong), now), Err(PlanError::NoDose), "{wrong}");
    }
}

#[test]
fn a_reservoir_that_ran_dry_says_since_when() {
    let start = at("2026-06-01T00:00:00Z");
    let first = plan(start, rhythm("UTC", 1_000, vec![time(8, 0, 0, 0)]), 2_500, 1);
    // The third dose takes what is left.
    let dry = at("2026-06-03T08:00:00Z");
    assert_eq!(first.empty_at, Some(dry));
    let later = at("2026-12-01T00:00:00Z");
    let account = balance(&first, later);
    assert_eq!((account.left_ul, account.given_ul, account.emptied_at), (0, 2_500, Some(dry)));
    // Also when the third of June is no longer kept.
    let renamed = first.changed(Change { product: Some("B".to_owned()), ..Change::default() }, Uuid::nil(), later);
    assert_eq!(renamed.unwrap().unwrap().empty_at, Some(dry));
}

#[test]
fn a_size_is_not_less_than_what_is_left() {
    let start = at("2026-06-01T00:00:00Z");
    let first = plan(start, rhythm("UTC", 1_000, vec![time(8, 0, 0, 0)]), 10_000, 3);
    let sized = |size_ul| {
        let settings = ReservoirSettings { size_ul, filled_ul: None, alarm_days: 3 };
        let change = Change { reservoir: Some(Some(settings)), ..Change::default() };
        first.changed(change, Uuid::nil(), at("2026-06-02T12:00:00Z"))
    };
    assert_eq!(sized(7_999), Err(PlanError::SizeBelowContent { left_ul: 8_000 }));
    assert!(sized(8_000).unwrap().is_some());
    assert_eq!(sized(10_000), Ok(None));
}

#[test]
fn the_contents_of_a_known_reservoir_change_by_refills_only() {
    let start = at("2026-06-01T00:00:00Z");
    let first = plan(start, rhythm("UTC", 1_000, vec![time(8, 0, 0, 0)]), 10_000, 3);
    let settings = ReservoirSettings { size_ul: 10_000, filled_ul: Some(5_000), alarm_days: 3 };
    let change = |reservoir| Change { reservoir: Some(reservoir), ..Change::default() };
    let changed = first.changed(change(Some(settings)), Uuid::nil(), start);
    assert_eq!(changed, Err(PlanError::AlreadyFilled));
    let without = first.changed(change(None), Uuid::nil(), start).unwrap().unwrap();
    let anew = without.changed(change(Some(settings)), Uuid::nil(), start).unwrap().unwrap();
    assert_eq!(balance(&anew, start).left_ul, 5_000);
}

#[test]
fn a_pump_runs_as_long_as_its_calibration_says() {
    let pump = Calibration::new(9_500, 60_000, date(2026, 6, 1)).unwrap();
    assert_eq!([pump.run_ms_for(9_500), pump.run_ms_for(1_000), pump.run_ms_for(0)], [60_000, 6_316, 0]);
    assert_eq!(Calibration::new(0, 60_000, date(2026, 6, 1)), Err(CalibrationError::Volume));
    assert_eq!(Calibration::new(1, 99, date(2026, 6, 1)), Err(CalibrationError::Run));
}

/// What a keeper does, an hour count after the one before.
#[derive(Debug, Clone)]
enum Act {
    Daily(u64),
    Times(i8),
    Pause(bool),
    Refill(u64),
    Miss(usize),
    Rename,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (24_u64..20_000).prop_map(Act::Daily),
        (1_i8..24).prop_map(Act::Times),
        any::<bool>().prop_map(Act::Pause),
        (1_u64..=100_000).prop_map(Act::Refill),
        (0_usize..200).prop_map(Act::Miss),
        Just(Act::Rename),
    ]
}

/// The plan after an act; the same one if the act is refused or changes nothing.
fn after(plan: &DosePlan, act: &Act, number: u128, now: Timestamp) -> DosePlan {
    let id = Uuid::from_u128(100 + number);
    let change = |change: Change| plan.changed(change, id, now).unwrap_or_default();
    let next = match act {
        Act::Daily(daily_ul) => change(Change { daily_ul: Some(*daily_ul), ..Change::default() }),
        Act::Times(count) => change(Change { times: Some(hours(*count)), ..Change::default() }),
        Act::Pause(paused) => change(Change { paused: Some(*paused), ..Change::default() }),
        Act::Rename => change(Change { product: Some(format!("{number}")), ..Change::default() }),
        Act::Refill(volume_ul) => plan.refilled((id, id), Some(*volume_ul), now, now).ok(),
        Act::Miss(index) => {
            let past = plan.course.doses(history_start(now), now, 3_000);
            past.get(index % past.len().max(1)).and_then(|dose| plan.missed(dose.at, now).ok().flatten())
        }
    };
    next.unwrap_or_else(|| plan.clone())
}

/// The account dose by dose, without any shortcut.
fn slow(plan: &DosePlan, from: Balance, to: Timestamp) -> Balance {
    let mut account = from;
    for dose in plan.course.doses(from.at, to, usize::MAX).iter().filter(|dose| !dose.missed) {
        let given = dose.amount_ul.min(account.left_ul);
        account.left_ul -= given;
        account.given_ul += given;
    }
    account
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_doses_of_each_local_day_sum_to_the_daily_amount(
        zone in prop::sample::select(&ZONES[..]), daily_ul in 24_u64..1_000_000, count in 1_i8..=24, first in 0_i32..700,
    ) {
        let regimen = regimen(zone, daily_ul, hours(count));
        let mut day: Date = date(2026, 1, 1) + first.days();
        for _ in 0..40 {
            let doses = regimen.doses_on(day);
            prop_assert_eq!(doses.iter().map(|(_, amount)| amount).sum::<u64>(), daily_ul);
            prop_assert!(doses.windows(2).all(|pair| pair[0].0 < pair[1].0));
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn whatever_order_acts_come_in_the_volume_is_conserved(
        zone in prop::sample::select(&ZONES[..]),
        acts in prop::collection::vec((act(), 0_i64..400), 1..40),
    ) {
        let mut now = at("2026-02-01T09:15:00Z");
        let mut current = plan(now, rhythm(zone, 5_000, hours(6)), 100_000, 3);
        for (number, (act, gap)) in (0_u128..).zip(acts) {
            now += SignedDuration::from_hours(gap);
            let next = after(&current, &act, number, now);
            let (before, account) = (balance(&current, now), balance(&next, now));
            prop_assert_eq!(account.filled_ul, account.left_ul + account.given_ul + account.replaced_ul);
            prop_assert!(account.left_ul <= 100_000);
            // Only a refill and a missed dose change what is left at this instant.
            if !matches!(act, Act::Refill(_) | Act::Miss(_)) {
                prop_assert_eq!(account.left_ul, before.left_ul);
            }
            let later = now + SignedDuration::from_hours(24 * 45 + 7);
            let (fast, slow) = (balance(&next, later), slow(&next, account, later));
            prop_assert_eq!((fast.left_ul, fast.given_ul), (slow.left_ul, slow.given_ul));
            // The end is where the account says that it is.
            if let Some(end) = next.empty_at.filter(|end| *end >= now) {
                prop_assert!(balance(&next, end).left_ul > 0);
                prop_assert_eq!(balance(&next, end + SignedDuration::from_secs(1)).left_ul, 0);
            }
            current = next;
        }
    }

    #[test]
    fn a_missed_dose_never_changes_another_one(
        zone in prop::sample::select(&ZONES[..]), count in 1_i8..24, chosen in 0_usize..200,
    ) {
        let start = at("2026-03-01T00:00:00Z");
        let first = plan(start, rhythm(zone, 5_000, hours(count)), 100_000, 3);
        let now = at("2026-04-15T00:00:00Z");
        let past = first.course.doses(start, now, 2_000);
        let dose = past[chosen % past.len()];
        let missed = first.missed(dose.at, now).unwrap().unwrap();
        let until = at("2026-06-01T00:00:00Z");
        let expected: Vec<_> = first
            .course
            .doses(start, until, 5_000)
            .into_iter()
            .map(|one| Dose { missed: one.at == dose.at, ..one })
            .collect();
        prop_assert_eq!(missed.course.doses(start, until, 5_000), expected);
    }
}
