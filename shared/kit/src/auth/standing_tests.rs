use super::*;

fn standing(status: StandingStatus, session: SessionId, expires: i64) -> AccountStanding {
    AccountStanding {
        status,
        roles: vec![Role::User],
        email_verified: true,
        sessions: BTreeMap::from([(session, expires)]),
    }
}

#[test]
fn only_a_live_session_of_an_active_account_passes() {
    let (own, other) = (SessionId::generate(), SessionId::generate());
    let now = Timestamp::from_second(1_000).unwrap();
    let check = |status, session, expires| standing(status, own, expires).check(session, now);
    assert_eq!(check(StandingStatus::Active, own, 1_001), Ok(()));
    assert_eq!(check(StandingStatus::Active, own, 1_000), Err(StandingError::SessionEnded));
    assert_eq!(check(StandingStatus::Active, other, 1_001), Err(StandingError::SessionEnded));
    assert_eq!(check(StandingStatus::Deleted, own, 1_001), Err(StandingError::SessionEnded));
    assert_eq!(check(StandingStatus::Suspended, own, 1_001), Err(StandingError::Suspended));
    assert_eq!(check(StandingStatus::Suspended, other, 1_001), Err(StandingError::Suspended));
}

#[test]
fn only_an_active_account_is_active() {
    let session = SessionId::generate();
    let is_active = |status| standing(status, session, 0).is_active();
    let statuses = [StandingStatus::Active, StandingStatus::Suspended, StandingStatus::Deleted];
    assert_eq!(statuses.map(is_active), [true, false, false]);
}

#[test]
fn a_standing_is_stored_under_fixed_names() {
    let session: SessionId = "0190f5a0-0000-7000-8000-000000000001".parse().unwrap();
    let stored = serde_json::to_value(standing(StandingStatus::Active, session, 5)).unwrap();
    let expected = serde_json::json!({
        "status": "active", "roles": ["user"], "email_verified": true,
        "sessions": { "0190f5a0-0000-7000-8000-000000000001": 5 },
    });
    assert_eq!(stored, expected);
}
