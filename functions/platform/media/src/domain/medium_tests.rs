use proptest::prelude::*;
use types::Uuid;

use super::*;

pub fn medium(now: Timestamp) -> Medium {
    Medium {
        id: MediaId::new(Uuid::from_u128(1)),
        owner_id: UserId::new(Uuid::from_u128(2)),
        purpose: Purpose::Photo,
        content_type: ContentType::Jpeg,
        bytes: 1_000,
        correlation_id: "c".to_owned(),
        created_at: now,
        status: Status::AwaitingUpload,
    }
}

fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn statuses() -> Vec<Medium> {
    let (medium, now) = (medium(start()), start());
    let mut all = vec![
        medium.clone(),
        medium.received(now),
        medium.published("r".into(), Vec::new(), now),
        medium.deleted(now),
        medium.purged(now),
    ];
    all.extend(Reason::ALL.map(|reason| medium.rejected(reason, now)));
    all
}

#[test]
fn reasons_have_the_names_that_json_has() {
    for reason in Reason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
}

#[test]
fn what_waits_for_something_is_looked_after_and_does_not_end_by_itself() {
    for medium in statuses() {
        let waits = matches!(
            medium.status,
            Status::AwaitingUpload | Status::Pending { .. } | Status::Deleted { purged: false, .. }
        );
        assert_eq!(medium.due_at().is_some(), waits, "{:?}", medium.status);
        assert!(medium.due_at().is_none() || medium.forgotten_at().is_none(), "{:?}", medium.status);
        assert!(!medium.holds_room() || medium.forgotten_at().is_none(), "room would never be freed");
    }
}

#[test]
fn a_reason_can_be_read_for_a_month_though_the_table_sweeps_late() {
    let rejected = medium(start()).rejected(Reason::Empty, start());
    let end = rejected.forgotten_at().unwrap();
    assert!(rejected.is_there(end - Duration::from_secs(1)));
    assert!(!rejected.is_there(end));
}

#[test]
fn a_stuck_picture_is_tried_again_a_bounded_number_of_times() {
    let mut medium = medium(start());
    let mut now = start();
    let mut tries = 0;
    while let Some(again) = medium.redriven(now) {
        assert!(again.due_at().unwrap() > now);
        now = again.due_at().unwrap();
        medium = again;
        tries += 1;
    }
    assert_eq!(tries, MAX_REDRIVES);
    assert!(now.duration_since(start()).as_hours() >= 23, "a day of trying");
}

#[test]
fn what_has_ended_is_not_tried_again() {
    for medium in statuses().into_iter().filter(|medium| !medium.holds_room() || medium.due_at().is_none()) {
        assert_eq!(medium.redriven(start()), None, "{:?}", medium.status);
    }
}

proptest! {
    #[test]
    fn no_form_works_when_the_upload_is_given_up(seconds in 0_u64..20_000) {
        let medium = medium(start());
        let now = start() + Duration::from_secs(seconds);
        match medium.form_until(now) {
            Some(until) => {
                prop_assert!(until > now && until.duration_since(now) <= FORM_LIFETIME.try_into().unwrap());
                prop_assert!(until + UPLOAD_GRACE <= medium.due_at().unwrap());
            }
            None => prop_assert!(seconds >= UPLOAD_WINDOW.as_secs()),
        }
    }
}
