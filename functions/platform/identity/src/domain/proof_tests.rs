use contracts::identity::Device;
use proptest::prelude::*;
use types::{PersonName, UserId};

use super::super::account::NewAccount;
use super::super::refresh::RefreshToken;
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(u128::try_from(number).unwrap())
}

fn hash(number: usize) -> PasswordHashText {
    serde_json::from_value(serde_json::json!(format!("hash {number}"))).unwrap()
}

fn account() -> Account {
    let new = NewAccount {
        email: EmailAddress::parse("ann@example.com").unwrap(),
        name: PersonName::parse("Ann").unwrap(),
        password: hash(0),
    };
    Account::register(UserId::new(id(1)), id(0), new, at(0)).0
}

fn sign_in(account: &mut Account, number: u8, now: Timestamp) -> SessionId {
    let token = RefreshToken::first(account.id, SessionId::new(id(number.into())), [number; 32]);
    account.sign_in(&token, Device { name: "phone".into(), platform: "ios".into() }, now);
    token.session_id
}

#[derive(Debug, Clone)]
enum Step {
    RequestVerification,
    RequestReset,
    /// Follows the link of the proof that was asked for so many requests ago, as what it is or as what it is not.
    Verify(usize),
    Reset(usize),
    ChangePassword,
    SignIn(u8),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        Just(Step::RequestVerification),
        Just(Step::RequestReset),
        (0..4_usize).prop_map(Step::Verify),
        (0..4_usize).prop_map(Step::Reset),
        Just(Step::ChangePassword),
        any::<u8>().prop_map(Step::SignIn),
        prop_oneof![0..120_i64, 1_700..1_900_i64, 86_300..86_500_i64].prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..80)
}

/// What the rules say of one kind of proof, told in another way than the code does.
#[derive(Default)]
struct Model {
    requested_at: Option<i64>,
    open: Option<usize>,
}

impl Model {
    fn may_request(&self, now: i64) -> bool {
        self.open.is_none() || self.requested_at.is_none_or(|then| now - then >= 60)
    }

    fn works(&self, proof: usize, now: i64, lifetime: i64) -> bool {
        self.open == Some(proof) && self.requested_at.is_some_and(|then| now - then < lifetime)
    }
}

proptest! {
    /// Only the newest proof of a kind works: once, before its end, and never as one of the other kind.
    #[test]
    fn proofs_work_when_the_rules_say_so_and_never_otherwise(steps in steps()) {
        let mut account = account();
        // Proof 0 came with the registration.
        let (mut now, mut asked) = (0, 1);
        let mut verification = Model { requested_at: Some(0), open: Some(0) };
        let (mut reset, mut verified) = (Model::default(), false);
        for step in steps {
            let before = account.clone();
            match step {
                Step::Wait(seconds) => now += seconds,
                Step::SignIn(number) => {
                    sign_in(&mut account, number, at(now));
                }
                Step::RequestVerification => {
                    let told = account.request_verification(id(asked), at(now));
                    prop_assert_eq!(told.is_ok(), !verified && verification.may_request(now), "{:?}", told);
                    if told.is_ok() {
                        verification = Model { requested_at: Some(now), open: Some(asked) };
                        asked += 1;
                    }
                }
                Step::RequestReset => {
                    let told = account.request_reset(id(asked), at(now));
                    prop_assert_eq!(told.is_ok(), reset.may_request(now), "{:?}", told);
                    if told.is_ok() {
                        reset = Model { requested_at: Some(now), open: Some(asked) };
                        asked += 1;
                    }
                    // Anybody may ask: what the owner has stays as it is.
                    prop_assert_eq!(&account.password, &before.password);
                    prop_assert_eq!(&account.sessions, &before.sessions);
                }
                Step::Verify(back) => {
                    let proof = asked.saturating_sub(1 + back);
                    let told = account.verify_email(id(proof), at(now));
                    let works = verification.works(proof, now, 86_400);
                    match told {
                        Ok(Some(_)) => prop_assert!(!verified && works),
                        Ok(None) => prop_assert!(verified),
                        Err(StaleProof) => prop_assert!(!verified && !works),
                    }
                    if works {
                        (verified, verification.open) = (true, None);
                    }
                }
                Step::Reset(back) => {
                    let proof = asked.saturating_sub(1 + back);
                    let works = reset.works(proof, now, 1_800);
                    prop_assert_eq!(account.check_reset(id(proof), at(now)).is_ok(), works);
                    let live = before.sessions.live(at(now)).count();
                    match account.reset_password(id(proof), hash(proof), at(now)) {
                        Ok(set) => {
                            prop_assert!(works);
                            prop_assert_eq!(set.verified.is_some(), !verified);
                            prop_assert_eq!(account.password.clone(), Some(hash(proof)));
                            prop_assert_eq!(account.sessions.live(at(now)).count(), 0);
                            prop_assert_eq!(set.ended.len(), live, "an end was not told");
                            (verified, verification.open, reset.open) = (true, None, None);
                        }
                        Err(StaleProof) => prop_assert!(!works),
                    }
                }
                Step::ChangePassword => {
                    account.change_password(hash(asked), SessionId::new(id(7)), at(now));
                    prop_assert_eq!(account.password.clone(), Some(hash(asked)));
                    reset.open = None;
                }
            }
            prop_assert_eq!(account.email_verified_at.is_some(), verified);
        }
    }
}

#[test]
fn bounds_are_sharp() {
    let mut late = account();
    assert_eq!(late.verify_email(id(0), at(86_400)), Err(StaleProof));
    assert!(late.verify_email(id(0), at(86_399)).is_ok());

    let mut account = account();
    let wait = |seconds| Err(NotAsked::TooSoon { wait: SignedDuration::from_secs(seconds) });
    assert_eq!(account.request_verification(id(1), at(1)).map(drop), wait(59));
    assert_eq!(account.request_verification(id(1), at(60)).map(drop), Ok(()));
    account.request_reset(id(2), at(100)).unwrap();
    assert_eq!(account.request_reset(id(3), at(159)).map(drop), wait(1));
    assert_eq!(account.check_reset(id(2), at(1_899)), Ok(()));
    assert_eq!(account.check_reset(id(2), at(1_900)), Err(StaleProof));
}

#[test]
fn a_changed_password_ends_the_other_devices_and_an_open_reset() {
    let mut account = account();
    account.plan = super::super::plan::Plan::try_from("premium".to_owned()).unwrap();
    let sessions: Vec<_> = (1..=3).map(|number| sign_in(&mut account, number, at(0))).collect();
    account.request_reset(id(9), at(1)).unwrap();
    let set = account.change_password(hash(1), sessions[1], at(2));
    let ended: Vec<_> = set.ended.iter().map(|ended| ended.session_id).collect();
    assert_eq!(ended, [sessions[0], sessions[2]]);
    assert!(set.ended.iter().all(|ended| ended.reason == SessionEndReason::PasswordReset));
    assert_eq!((set.changed.email, set.verified), (account.email.clone(), None));
    assert_eq!(account.check_reset(id(9), at(3)), Err(StaleProof));
}

#[test]
fn an_account_without_an_address_gets_no_mail() {
    let mut account = account();
    account.email = None;
    assert_eq!(account.request_verification(id(1), at(60)).map(drop), Err(NotAsked::NoEmail));
    assert_eq!(account.request_reset(id(1), at(60)).map(drop), Err(NotAsked::NoEmail));
    assert_eq!(account.change_password(hash(1), SessionId::new(id(1)), at(60)).changed.email, None);
}

#[test]
fn an_account_without_a_password_can_get_one_by_mail() {
    let mut account = account();
    account.password = None;
    account.request_reset(id(1), at(60)).unwrap();
    assert!(account.reset_password(id(1), hash(1), at(61)).is_ok());
    assert_eq!(account.password, Some(hash(1)));
}
