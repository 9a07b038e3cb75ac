use types::{SessionId, UserId, new_uuid};

use super::*;
use crate::auth::IdKey;

/// Valid from 1,000 to 1,600 s after 1970.
fn check_at(second: i64) -> Result<(), Rejection> {
    let claims = Claims {
        iss: String::new(),
        aud: String::new(),
        sub: UserId::generate(),
        sid: SessionId::generate(),
        idk: IdKey::of_user(&[0; 32], UserId::generate()),
        roles: Vec::new(),
        scope: String::new(),
        iat: 1_000,
        nbf: 1_000,
        exp: 1_600,
        jti: new_uuid(),
    };
    check_time(&claims, Timestamp::from_second(second).unwrap())
}

#[test]
fn a_token_holds_between_its_two_times() {
    assert_eq!(check_at(1_000), Ok(()));
    assert_eq!(check_at(1_600), Ok(()));
    assert_eq!(check_at(100), Err(Rejection::Invalid));
    assert_eq!(check_at(9_000), Err(Rejection::Expired));
}

#[test]
fn the_leeway_ends_after_five_seconds_on_both_sides() {
    assert_eq!((check_at(995), check_at(994)), (Ok(()), Err(Rejection::Invalid)));
    assert_eq!((check_at(1_605), check_at(1_606)), (Ok(()), Err(Rejection::Expired)));
}

#[test]
fn times_at_the_ends_of_the_calendar_do_not_overflow() {
    assert_eq!(check_at(Timestamp::MIN.as_second()), Err(Rejection::Invalid));
    assert_eq!(check_at(Timestamp::MAX.as_second()), Err(Rejection::Expired));
}
