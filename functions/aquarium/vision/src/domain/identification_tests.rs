use contracts::vision::IdentificationKind;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use types::{IdentificationId, MediaId, UserId, Uuid};
use water::{Decimal, Entered, Parameter, Unit};

use super::identification::{
    ConfirmRefusal, Confirming, DELETED_DAYS, Failed, Identification, LEASE_SECONDS, MAX_ATTEMPTS, MAX_PENDING_MINUTES,
    PAUSES_SECONDS, Status, Step, Value,
};
use super::suggestion::Findings;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn later(now: Timestamp, seconds: u16) -> Timestamp {
    now + SignedDuration::from_secs(seconds.into())
}

fn requested(kind: IdentificationKind) -> Identification {
    let [id, user, media] = [1, 2, 3].map(Uuid::from_u128);
    let ids = (IdentificationId::new(id), UserId::new(user), MediaId::new(media));
    Identification::requested(ids, kind, "c".to_owned(), at(0))
}

fn entered(value: &str, unit: Unit) -> Entered {
    Entered { value: Decimal::parse(value).unwrap(), unit }
}

fn nitrate(value: &str) -> Value {
    Value { parameter: Parameter::Nitrate, entered: entered(value, Unit::MgLAsNo3) }
}

fn ph(value: &str) -> Value {
    Value { parameter: Parameter::Ph, entered: entered(value, Unit::Ph) }
}

/// A test strip on which a model sees nitrate and pH.
fn strip() -> Identification {
    let seen = [nitrate("25"), ph("6.8")].map(|value| (value.parameter, value.entered, 0.8));
    requested(IdentificationKind::TestStrip).identified(Findings::of_values(&seen).unwrap(), at(5))
}

#[test]
fn pauses_grow_and_there_is_one_between_any_two_attempts() {
    assert_eq!(PAUSES_SECONDS.len() + 1, usize::try_from(MAX_ATTEMPTS).unwrap());
    assert!(PAUSES_SECONDS.is_sorted() && PAUSES_SECONDS.iter().all(|pause| *pause <= 900));
}

#[test]
fn an_identification_without_answers_fails_after_its_last_attempt() {
    let (mut identification, mut now, mut pauses) = (requested(IdentificationKind::Species), at(0), Vec::new());
    for attempt in 1..=MAX_ATTEMPTS {
        assert_eq!(identification.next_step(now), Step::Look, "attempt {attempt}");
        identification = identification.attempted(now);
        let (next, pause) = identification.unanswered(now);
        identification = next;
        if let Some(pause) = pause {
            assert_eq!(identification.next_step(now), Step::Wait(pause));
            now = later(now, pause);
            pauses.push(pause);
        }
    }
    assert_eq!(pauses, PAUSES_SECONDS);
    assert!(matches!(identification.status, Status::Failed { reason: Failed::NoAnswer, .. }));
    assert_eq!(identification.next_step(now), Step::Nothing);
}

#[test]
fn a_killed_attempt_holds_the_identification_for_its_lease_and_counts() {
    let (mut identification, mut now) = (requested(IdentificationKind::Species), at(0));
    for _ in 0..MAX_ATTEMPTS {
        identification = identification.attempted(now);
        assert_eq!(identification.next_step(now), Step::Wait(LEASE_SECONDS));
        now = later(now, LEASE_SECONDS);
    }
    assert_eq!(identification.next_step(now), Step::GiveUp);
}

#[derive(Debug, Clone, Copy)]
enum Delivery {
    Unanswered,
    Killed,
    Answered,
}

proptest! {
    /// However often the message is delivered and whatever happens to the attempts: it ends, within so many calls of a
    /// model.
    #[test]
    fn every_identification_ends_and_no_two_attempts_overlap(
        deliveries in prop::collection::vec(
            (prop_oneof![Just(Delivery::Unanswered), Just(Delivery::Killed), Just(Delivery::Answered)], 0..2_000_i64),
            1..80,
        ),
    ) {
        let (mut identification, mut now, mut calls) = (requested(IdentificationKind::Species), at(0), 0);
        let mut free_from = now;
        for (delivery, seconds) in deliveries {
            now += SignedDuration::from_secs(seconds);
            match identification.next_step(now) {
                Step::Look => {
                    prop_assert!(now >= free_from);
                    calls += 1;
                    identification = identification.attempted(now);
                    free_from = later(now, LEASE_SECONDS);
                    match delivery {
                        Delivery::Killed => {}
                        Delivery::Answered => identification = identification.identified(Findings::default(), now),
                        Delivery::Unanswered => {
                            identification = identification.unanswered(now).0;
                            free_from = now;
                        }
                    }
                }
                Step::Wait(seconds) => prop_assert!((1..=900).contains(&seconds)),
                Step::GiveUp => identification = identification.failed(Failed::NoAnswer, now),
                Step::Nothing => {
                    let is_pending = matches!(identification.status, Status::Pending { .. });
                    prop_assert!(!is_pending);
                }
            }
        }
        prop_assert!(calls <= MAX_ATTEMPTS);
    }

    #[test]
    fn a_stored_identification_reads_back(attempts in 0..MAX_ATTEMPTS) {
        let mut pending = requested(IdentificationKind::Species);
        pending.status = Status::Pending { attempts, not_before: at(1) };
        let others = [strip(), strip().deleted(at(2)), pending.failed(Failed::TurnedOff, at(2))];
        for identification in others.into_iter().chain([pending]) {
            let stored = serde_json::to_value(&identification).unwrap();
            prop_assert_eq!(serde_json::from_value::<Identification>(stored).unwrap(), identification);
        }
    }
}

#[test]
fn what_is_pending_for_too_long_ends_without_a_look() {
    let pending = requested(IdentificationKind::Species);
    let overdue = at(MAX_PENDING_MINUTES * 60);
    assert_eq!(pending.overdue_at(), overdue);
    assert_eq!(pending.next_step(overdue - SignedDuration::from_millis(1)), Step::Look);
    assert_eq!(pending.next_step(overdue), Step::GiveUp);
    assert_eq!(strip().next_step(overdue), Step::Nothing);
    let pauses: i64 = PAUSES_SECONDS.iter().map(|pause| i64::from(*pause)).sum();
    let leases = i64::from(LEASE_SECONDS) * i64::from(MAX_ATTEMPTS);
    assert!(pauses + leases < MAX_PENDING_MINUTES * 60, "attempts end before");
}

#[test]
fn a_deleted_identification_has_no_result_and_goes_later() {
    let confirmed = strip().confirm(vec![nitrate("25")], at(9)).unwrap();
    let Confirming::Confirmed(confirmed, _) = confirmed else { panic!("{confirmed:?}") };
    let deleted = confirmed.deleted(at(10));
    assert!(deleted.is_deleted() && deleted.confirmation.is_none());
    assert_eq!(deleted.expires_at(), Some(at(10 + DELETED_DAYS * 24 * 3_600).as_second()));
    assert_eq!((deleted.next_step(at(11)), confirmed.expires_at()), (Step::Nothing, None));
    assert_eq!(deleted.confirm(Vec::new(), at(11)), Err(ConfirmRefusal::NotIdentified));
}

#[test]
fn a_message_that_comes_too_early_waits_at_least_a_second() {
    let waiting = requested(IdentificationKind::Species).attempted(at(0)).unanswered(at(0)).0;
    let just_before = later(at(0), PAUSES_SECONDS[0]) - SignedDuration::from_millis(1);
    assert_eq!(waiting.next_step(just_before), Step::Wait(1));
}

#[test]
fn a_user_confirms_and_changes_suggested_values() {
    let confirmed = strip().confirm(vec![nitrate("30"), ph("6.8")], at(9)).unwrap();
    let Confirming::Confirmed(next, fact) = confirmed else { panic!("{confirmed:?}") };
    assert_eq!((fact.unchanged, fact.values.len()), (1, 2));
    let first = &fact.values[0];
    assert_eq!((first.parameter.as_str(), first.entered_value.as_str()), ("nitrate", "30"));
    assert_eq!(first.entered_unit, "mg_l_as_no3");
    // 30 mg/L of nitrate are 6.777 mg/L of nitrogen.
    assert!((6_770..6_785).contains(&first.value), "{}", first.value);
    assert_eq!(next.confirm(vec![nitrate("30"), ph("6.8")], at(10)), Ok(Confirming::Repeated));
    assert_eq!(next.confirm(vec![nitrate("30")], at(10)), Err(ConfirmRefusal::AlreadyConfirmed));
}

#[test]
fn a_confirmation_without_values_says_that_none_was_right() {
    let confirmed = strip().confirm(Vec::new(), at(9)).unwrap();
    assert!(matches!(confirmed, Confirming::Confirmed(_, fact) if fact.values.is_empty() && fact.unchanged == 0));
}

#[test]
fn values_that_break_rules_are_reported_together() {
    let nitrite = Value { parameter: Parameter::Nitrite, entered: entered("1", Unit::MgLAsNo2) };
    let wrong_unit = Value { parameter: Parameter::Ph, entered: entered("7", Unit::Celsius) };
    let refused = strip().confirm(vec![nitrate("25"), nitrate("30"), nitrite, wrong_unit], at(9));
    let Err(ConfirmRefusal::Invalid(invalid)) = refused else { panic!("{refused:?}") };
    let fields: Vec<_> = invalid.iter().map(|value| (value.at, value.field)).collect();
    assert_eq!(fields, [(1, "parameter"), (2, "parameter"), (3, "unit")]);
}

#[test]
fn a_value_that_cannot_be_recorded_as_a_reading_is_not_confirmed() {
    for value in [ph("14"), ph("2.9"), nitrate("1200")] {
        let refused = strip().confirm(vec![value], at(9));
        let Err(ConfirmRefusal::Invalid(invalid)) = refused else { panic!("{refused:?}") };
        let fields: Vec<_> = invalid.iter().map(|invalid| (invalid.at, invalid.field)).collect();
        assert_eq!(fields, [(0, "value")], "{value:?}");
    }
    assert!(strip().confirm(vec![ph("11"), nitrate("1100")], at(9)).is_ok());
}

#[test]
fn only_test_strips_with_a_result_can_be_confirmed() {
    let pending = requested(IdentificationKind::TestStrip);
    assert_eq!(pending.confirm(Vec::new(), at(9)), Err(ConfirmRefusal::NotIdentified));
    let species = requested(IdentificationKind::Species).identified(Findings::default(), at(5));
    assert_eq!(species.confirm(Vec::new(), at(9)), Err(ConfirmRefusal::NotATestStrip));
}
