//! Dunning.

use proptest::prelude::*;
use types::Uuid;

use super::*;
use crate::domain::fixture::{at, day};

fn case() -> DunningCase {
    DunningCase::open(InvoiceId::new(Uuid::from_u128(1)), day(0))
}

fn decline(case: &DunningCase, code: &str, now: Timestamp) -> (DunningCase, Vec<Notice>) {
    let (attempt, charging) = case.begin(now).unwrap();
    charging.declined(attempt.number, code, Schedule::usual(), now)
}

#[test]
fn attempts_follow_the_schedule_and_exhaustion_is_said_once() {
    let mut case = case();
    let mut seen = Vec::new();
    for due in [0, 1, 3, 5, 7, 14] {
        assert_eq!(case.state, CaseState::Scheduled { at: day(due) });
        let (next, notices) = decline(&case, "insufficient_funds", day(due));
        seen.extend(notices);
        case = next;
    }
    assert_eq!((case.state, seen), (CaseState::Exhausted, vec![Notice::FirstFailure, Notice::Exhausted]));
    assert_eq!(case.begin(day(15)), Err(NoAttempt::CustomerMustAct));
    assert_eq!(case.declined(6, "insufficient_funds", Schedule::usual(), day(15)), (case.clone(), vec![]));
}

#[test]
fn a_hard_decline_asks_for_a_method_and_is_not_tried_again() {
    let (waiting, notices) = decline(&case(), "stolen_card", day(0));
    assert_eq!((waiting.state, notices), (CaseState::AwaitingMethod, vec![Notice::MethodNeeded]));
    assert_eq!(waiting.begin(day(3)), Err(NoAttempt::CustomerMustAct));
    let (payer, notices) = decline(&case(), "authentication_required", day(0));
    assert_eq!((payer.state, notices), (CaseState::AwaitingPayer, vec![Notice::ConfirmationNeeded]));
}

#[test]
fn case_26_after_a_cancellation_there_is_no_attempt_and_no_message() {
    let (failed, _) = decline(&case(), "insufficient_funds", day(0));
    let (attempt, charging) = failed.begin(day(1)).unwrap();
    let (declined, notices) =
        charging.close().declined(attempt.number, "insufficient_funds", Schedule::usual(), day(1));
    assert_eq!((declined.state, notices), (CaseState::Closed, vec![]));
    assert_eq!(declined.begin(day(3)), Err(NoAttempt::Over));
}

#[test]
fn the_answer_that_a_voided_invoice_waits_for_is_looked_up_and_nothing_is_charged() {
    let (attempt, charging) = case().begin(day(0)).unwrap();
    let closing = charging.close();
    assert_eq!(closing.begin(at(1)), Err(NoAttempt::InProgress));
    let (look_up, again) = closing.begin(day(0) + ATTEMPT_LEASE).unwrap();
    assert_eq!((look_up.purpose, look_up.key), (Purpose::LookUp, attempt.key));
    assert_eq!(again.found_nothing().state, CaseState::Closed);
    let (found, success) = again.succeeded();
    assert_eq!((found.state, success), (CaseState::Closed, Success::TooLate));
}

#[test]
fn case_27_a_new_card_makes_one_attempt_at_once_on_the_same_invoice() {
    let (failed, _) = decline(&case(), "expired_card", day(0));
    let replaced = failed.method_replaced(at(100)).unwrap();
    let (attempt, charging) = replaced.begin(at(100)).unwrap();
    assert_eq!(attempt.key, format!("{}-2", case().invoice));
    // The sweep and a second change of the card come at the same time.
    assert_eq!(charging.begin(at(101)), Err(NoAttempt::InProgress));
    assert_eq!(charging.method_replaced(at(101)), Err(NoAttempt::InProgress));
    let (again, _) = charging.declined(2, "insufficient_funds", Schedule::usual(), at(102));
    assert_eq!(again.state, CaseState::Scheduled { at: day(1) }, "the schedule goes on");
}

#[test]
fn an_attempt_without_an_answer_is_repeated_with_its_own_key() {
    let (first, charging) = case().begin(day(0)).unwrap();
    let later = day(0) + ATTEMPT_LEASE;
    let (repeated, _) = charging.begin(later).unwrap();
    assert_eq!(first, repeated);
}

#[test]
fn a_late_success_after_the_end_is_refunded_and_listed() {
    let closed = case().close();
    assert_eq!(closed.succeeded(), (closed.clone(), Success::TooLate));
    let (recovered, outcome) = case().succeeded();
    assert_eq!((outcome, recovered.succeeded().1), (Success::Recovered, Success::Known));
}

#[test]
fn a_schedule_has_rising_days_within_its_end() {
    let parse = |days: &str, grace: u16, end: u16| {
        let text = format!(r#"{{"attemptDays":{days},"graceDays":{grace},"endDays":{end},"codes":{{}}}}"#);
        serde_json::from_str::<Schedule>(&text)
    };
    assert!(parse("[0,1,3]", 3, 3).is_ok());
    for (days, grace, end) in [("[]", 0, 1), ("[1]", 0, 1), ("[0,1,1]", 0, 9), ("[0,5]", 0, 4), ("[0]", 5, 4)] {
        assert!(parse(days, grace, end).is_err(), "{days} {grace} {end}");
    }
    assert_eq!(Schedule::usual().treatment("unheard_of"), Treatment::Retry);
}

#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Begin,
    Decline(usize),
    Duplicate,
    NewMethod,
    Succeed,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..400_000_i64).prop_map(Step::Wait),
        6 => Just(Step::Begin),
        6 => (0..3_usize).prop_map(Step::Decline),
        2 => Just(Step::Duplicate),
        2 => Just(Step::NewMethod),
        1 => Just(Step::Succeed),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn one_attempt_runs_at_a_time_and_each_message_is_sent_once(steps in steps()) {
        let codes = ["insufficient_funds", "expired_card", "authentication_required"];
        let (mut case, mut now, mut sent) = (case(), day(0), Vec::new());
        for step in steps {
            let before = case.clone();
            let notices = match step {
                Step::Wait(seconds) => {
                    now += SignedDuration::from_secs(seconds);
                    vec![]
                }
                Step::Begin => {
                    if let Ok((attempt, next)) = case.begin(now) {
                        let is_repeated = matches!(before.state, CaseState::Charging { .. });
                        prop_assert_eq!(attempt.number, before.attempt + u32::from(!is_repeated));
                        case = next;
                    }
                    vec![]
                }
                Step::Decline(code) => {
                    let (next, notices) = case.declined(case.attempt, codes[code], Schedule::usual(), now);
                    case = next;
                    notices
                }
                Step::Duplicate => {
                    let old = case.attempt.saturating_sub(1);
                    let (next, notices) = case.declined(old, codes[0], Schedule::usual(), now);
                    prop_assert_eq!((&next, &notices), (&before, &vec![]));
                    notices
                }
                Step::NewMethod => {
                    case = case.method_replaced(now).unwrap_or(case);
                    vec![]
                }
                Step::Succeed => {
                    case = case.succeeded().0;
                    vec![]
                }
            };
            sent.extend(notices);
            prop_assert!(case.attempt <= MAX_ATTEMPTS);
        }
        for once in [Notice::FirstFailure, Notice::Exhausted] {
            prop_assert!(sent.iter().filter(|notice| **notice == once).count() <= 1);
        }
    }
}
