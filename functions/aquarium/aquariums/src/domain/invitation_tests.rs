use proptest::prelude::*;

use super::*;
use crate::domain::access::{MAX_MEMBERS, Role};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn code(secret: u8) -> Code {
    let (aquarium, invitation) = (AquariumId::new(Uuid::from_u128(1)), InvitationId::new(Uuid::from_u128(2)));
    Code::new(aquarium, invitation, [secret; SECRET_BYTES])
}

fn access() -> Access {
    Access::new(code(0).aquarium_id(), user(1))
}

#[test]
fn a_code_admits_once_within_its_lifetime_with_its_secret() {
    let invitation = Invitation::new(&code(7), MemberRole::Keeper, NOW);
    let accept = |access: &Access, secret, at| accept(Some(access), Some(&invitation), &code(secret), user(2), at);
    let Acceptance::Admitted(scope, next) = accept(&access(), 7, NOW) else { panic!("not admitted") };
    assert_eq!((scope.role(), next.member(user(2))), (Role::Keeper, Some(MemberRole::Keeper)));
    assert_eq!(accept(&next, 7, NOW), Acceptance::HasAccess(scope), "a repeated request");
    assert_eq!(accept(&access(), 8, NOW), Acceptance::Unknown, "another secret");
    let last = invitation.expires_at() - SignedDuration::from_millis(1);
    assert!(matches!(accept(&access(), 7, last), Acceptance::Admitted(..)));
    assert_eq!(accept(&access(), 7, invitation.expires_at()), Acceptance::Unknown);
    assert_eq!(accept(&access().removed(NOW), 7, NOW), Acceptance::Unknown);
}

#[test]
fn without_its_items_a_code_is_unknown() {
    let invitation = Invitation::new(&code(7), MemberRole::Viewer, NOW);
    assert_eq!(accept(None, Some(&invitation), &code(7), user(2), NOW), Acceptance::Unknown);
    assert_eq!(accept(Some(&access()), None, &code(7), user(2), NOW), Acceptance::Unknown);
}

#[test]
fn a_full_aquarium_admits_nobody() {
    let mut full = access();
    for number in 0..MAX_MEMBERS as u128 {
        full = full.admit(user(100 + number), MemberRole::Viewer).unwrap();
    }
    let invitation = Invitation::new(&code(7), MemberRole::Viewer, NOW);
    assert_eq!(accept(Some(&full), Some(&invitation), &code(7), user(2), NOW), Acceptance::Full);
}

#[test]
fn the_secret_is_neither_stored_nor_shown() {
    let code = code(7);
    let stored = format!("{:?}", Invitation::new(&code, MemberRole::Viewer, NOW));
    let written = code.write();
    assert!(!stored.contains(&written) && !stored.contains(&types::hex(&[7; SECRET_BYTES])));
    assert!(!stored.contains("7, 7") && !format!("{code:?}").contains("7, 7"), "{stored}");
}

proptest! {
    #[test]
    fn codes_survive_the_round_trip(ids in any::<[u128; 2]>(), secret in any::<[u8; SECRET_BYTES]>()) {
        let [aquarium, invitation] = ids.map(Uuid::from_u128);
        let code = Code::new(AquariumId::new(aquarium), InvitationId::new(invitation), secret);
        let text = code.write();
        prop_assert_eq!(text.len(), CODE_CHARS);
        prop_assert_eq!(Code::read(&text), Ok(code));
        prop_assert_eq!(Code::read(&text[..text.len() - 1]), Err(NotACode));
    }

    #[test]
    fn other_texts_are_no_codes(text in ".{0,100}") {
        prop_assert_eq!(Code::read(&text), Err(NotACode));
    }
}
