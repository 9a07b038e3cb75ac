use std::collections::HashSet;

use proptest::prelude::*;
use totp_rs::{Builder, Secret};
use types::{EmailAddress, PersonName};

use super::*;
use crate::domain::account::NewAccount;
use crate::domain::challenge::ChallengeKey;
use crate::domain::guesses::{MAX_WRONG, WINDOW};
use crate::domain::key_set::KeyId;
use crate::domain::password::{HashingCost, Password};
use crate::domain::recovery::{CODE_CHARS, CODES};
use crate::domain::sign_in_methods::SignInMethod;

const SECRET: TotpSecret = TotpSecret::new(*b"12345678901234567890");
static KEYS: KeySet<RecoveryKey> = KeySet::single(KeyId::new(1), RecoveryKey::new([3; 32]));
const CHALLENGES: ChallengeKey = ChallengeKey::new([4; 32]);

/// Half a minute after the start of a step, so that steps are easy to count.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// What the app shows.
fn shown(second: i64) -> Code {
    let app = Builder::new().with_secret(Secret::new_stack(*SECRET.bytes())).build().unwrap();
    Code::parse(&app.generate(u64::try_from(at(second).as_second()).unwrap()).to_string()).unwrap()
}

/// A code that is that of no step near `second`.
fn wrong(second: i64) -> Code {
    (0..9)
        .map(|number| Code::Totp(format!("{number:06}")))
        .find(|code| match code {
            Code::Totp(digits) => SECRET.step_of(digits, at(second)).is_none(),
            Code::Recovery(_) => false,
        })
        .unwrap()
}

fn presented(code: &Code, second: i64) -> Presented<'_> {
    Presented { code, secret: &SECRET, keys: &KEYS, at: at(second) }
}

fn recovery_codes() -> [RecoveryCode; CODES] {
    RecoveryCode::from_random(&std::array::from_fn::<u8, { CODES * CODE_CHARS }, _>(|at| u8::try_from(at).unwrap()))
}

fn no_codes() -> RecoveryHashes {
    RecoveryHashes::new(UserId::new(Uuid::nil()), &[], &KEYS)
}

fn account() -> Account {
    let new = NewAccount {
        email: EmailAddress::parse("ann@example.com").unwrap(),
        name: PersonName::parse("Ann").unwrap(),
        password: Password::new("correct horse battery staple").hash(&[1; 16], HashingCost::FOR_TESTS).unwrap(),
    };
    Account::register(UserId::new(Uuid::from_u128(1)), Uuid::from_u128(2), new, at(0)).0
}

fn enrolled() -> Account {
    let mut account = account();
    account.mfa.enrol(SealedSecret::new("sealed".into()), at(0)).unwrap();
    account
}

/// An account whose second factor was turned on with the code of second 0.
fn with_mfa() -> Account {
    let mut account = enrolled();
    let hashes = RecoveryHashes::new(account.id, &recovery_codes(), &KEYS);
    assert!(account.confirm_mfa(presented(&shown(0), 0), hashes).unwrap().is_some());
    account
}

fn challenge(account: &Account, number: u128, second: i64) -> Challenge {
    let text = CHALLENGES.issue(
        account.id,
        SignInMethod::Password,
        &account.first_factor(SignInMethod::Password),
        Uuid::from_u128(number),
        at(second),
    );
    CHALLENGES.read(&text, at(second)).unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    /// The app's code, from this many steps away.
    App(i64),
    Recovery(usize),
    Wrong,
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (-2_i64..=2).prop_map(Step::App),
        2 => (0..CODES).prop_map(Step::Recovery),
        2 => Just(Step::Wrong),
        2 => (0_i64..40).prop_map(Step::Wait),
        1 => (0_i64..1000).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever was tried before: no code works twice, and no window holds more wrong guesses than the limit.
    #[test]
    fn a_code_never_works_twice_and_guesses_are_bounded(steps in steps()) {
        let (mut account, codes) = (with_mfa(), recovery_codes());
        let (mut second, mut used_steps, mut used_codes, mut wrong_at) = (60, HashSet::from([0]), HashSet::new(), Vec::new());
        for (number, step) in steps.into_iter().enumerate() {
            let (code, fresh) = match &step {
                Step::Wait(seconds) => {
                    second += seconds;
                    continue;
                }
                Step::App(away) => {
                    let shown_step = second.div_euclid(30) + away;
                    let newest = used_steps.iter().copied().max().unwrap();
                    (shown(second + away * 30), away.abs() <= 1 && shown_step > newest)
                }
                Step::Recovery(at) => (Code::Recovery(codes[*at].clone()), !used_codes.contains(at)),
                Step::Wrong => (wrong(second), false),
            };
            let challenge = challenge(&account, u128::try_from(number).unwrap(), second);
            let recent = wrong_at.iter().filter(|at| second - **at < WINDOW.as_secs()).count();
            match account.answer(&challenge, presented(&code, second)) {
                Ok(accepted) => {
                    prop_assert!(recent < MAX_WRONG);
                    prop_assert_eq!(accepted, fresh, "{:?} at {}", step, second);
                    match step {
                        Step::App(away) if accepted => { prop_assert!(used_steps.insert(second.div_euclid(30) + away)); }
                        Step::Recovery(at) if accepted => { prop_assert!(used_codes.insert(at)); }
                        _ => wrong_at.push(second),
                    }
                }
                Err(MfaError::TooMany(too_many)) => {
                    prop_assert_eq!(recent, MAX_WRONG);
                    prop_assert!((1..=900).contains(&too_many.retry_after_seconds));
                }
                Err(other) => prop_assert!(false, "{other:?}"),
            }
            prop_assert!(account.mfa.answered.len() <= CODES + 12, "answered challenges pile up");
        }
    }

    /// What is stored is what was there: the item survives its encoding in any state.
    #[test]
    fn every_state_survives_the_table(steps in steps()) {
        let mut account = with_mfa();
        for (number, step) in steps.into_iter().enumerate() {
            if let Step::App(away) = step {
                let second = i64::try_from(number).unwrap() * 45;
                let challenge = challenge(&account, u128::try_from(number).unwrap(), second);
                account.answer(&challenge, presented(&shown(second + away * 30), second)).unwrap_or_default();
            }
        }
        let text = serde_json::to_string(&account.mfa).unwrap();
        prop_assert_eq!(serde_json::from_str::<Mfa>(&text).unwrap(), account.mfa);
    }
}

#[test]
fn the_first_code_turns_it_on_and_is_used_up() {
    let mut account = enrolled();
    assert!(!account.mfa.is_on());
    assert_eq!(account.confirm_mfa(presented(&wrong(10), 10), no_codes()), Ok(None));
    let fact = account.confirm_mfa(presented(&shown(10), 10), no_codes()).unwrap();
    assert_eq!(fact, Some(MfaEnabled { user_id: account.id }));
    assert!(account.mfa.is_on());
    assert_eq!(account.mfa.methods(), [MfaMethod::Totp], "there are no recovery codes");
    let challenge = challenge(&account, 1, 10);
    assert_eq!(account.answer(&challenge, presented(&shown(10), 10)), Ok(false));
    assert_eq!(account.answer(&challenge, presented(&shown(40), 40)), Ok(true));
}

#[test]
fn an_enrolment_is_replaced_or_forgotten_and_never_doubled() {
    let mut account = account();
    assert_eq!(account.confirm_mfa(presented(&shown(0), 0), no_codes()), Err(MfaError::NotPending));
    account.mfa.enrol(SealedSecret::new("first".into()), at(0)).unwrap();
    account.mfa.enrol(SealedSecret::new("second".into()), at(10)).unwrap();
    assert_eq!(account.mfa.pending_secret(at(909)), Ok(&SealedSecret::new("second".into())));
    assert_eq!(account.mfa.pending_secret(at(910)), Err(MfaError::NotPending));
    assert_eq!(account.confirm_mfa(presented(&shown(910), 910), no_codes()), Err(MfaError::NotPending));

    let mut account = with_mfa();
    assert_eq!(account.mfa.enrol(SealedSecret::new("third".into()), at(60)), Err(MfaError::AlreadyOn));
    assert_eq!(account.confirm_mfa(presented(&shown(60), 60), no_codes()), Err(MfaError::AlreadyOn));
}

#[test]
fn a_challenge_leads_to_one_sign_in() {
    let mut account = with_mfa();
    let challenge = challenge(&account, 1, 60);
    assert_eq!(account.answer(&challenge, presented(&shown(60), 60)), Ok(true));
    assert_eq!(account.answer(&challenge, presented(&shown(90), 90)), Err(MfaError::Answered));
}

#[test]
fn a_code_or_a_recovery_code_turns_it_off() {
    let recovery = Code::Recovery(recovery_codes()[3].clone());
    for code in [shown(60), recovery.clone()] {
        let mut account = with_mfa();
        assert_eq!(account.disable_mfa(presented(&wrong(60), 60)), Ok(None));
        assert!(account.mfa.is_on());
        let fact = account.disable_mfa(presented(&code, 60)).unwrap();
        assert_eq!(fact, Some(MfaDisabled { user_id: account.id }));
        assert!(!account.mfa.is_on());
        assert_eq!(account.disable_mfa(presented(&recovery, 90)), Err(MfaError::Off));
    }
}

#[test]
fn a_recovery_code_is_the_user_s_own() {
    let (mut ann, mut bob) = (with_mfa(), with_mfa());
    bob.id = UserId::new(Uuid::from_u128(77));
    let code = Code::Recovery(recovery_codes()[0].clone());
    let (of_ann, of_bob) = (challenge(&ann, 1, 60), challenge(&bob, 2, 60));
    assert_eq!(bob.answer(&of_bob, presented(&code, 60)), Ok(false));
    assert_eq!(ann.answer(&of_ann, presented(&code, 60)), Ok(true));
}

#[test]
fn a_code_whose_key_is_gone_is_no_wrong_guess() {
    let (mut account, before) = (with_mfa(), with_mfa());
    let (challenge, code) = (challenge(&account, 1, 60), Code::Recovery(recovery_codes()[0].clone()));
    let other = KeySet::single(KeyId::new(2), RecoveryKey::new([4; 32]));
    let presented = Presented { keys: &other, ..presented(&code, 60) };
    let unknown = UnknownKey(KeyId::new(1));
    assert_eq!(account.answer(&challenge, presented), Err(MfaError::UnknownKey(unknown)));
    assert_eq!(account.mfa, before.mfa);
}

#[test]
fn the_last_recovery_code_is_no_longer_offered() {
    let mut account = with_mfa();
    for (number, code) in recovery_codes().into_iter().enumerate() {
        assert_eq!(account.mfa.methods(), [MfaMethod::Totp, MfaMethod::RecoveryCode]);
        let challenge = challenge(&account, u128::try_from(number).unwrap(), 60);
        assert_eq!(account.answer(&challenge, presented(&Code::Recovery(code), 60)), Ok(true));
    }
    assert_eq!(account.mfa.methods(), [MfaMethod::Totp]);
}

#[test]
fn wrong_passwords_are_bounded_and_lock_no_codes() {
    let mut account = with_mfa();
    for _ in 0..MAX_WRONG {
        assert_eq!(account.mfa.reauthenticate(false, at(60)), Ok(false));
    }
    let too_many = account.mfa.reauthenticate(true, at(61)).unwrap_err();
    assert_eq!(too_many.retry_after_seconds, 899);
    assert_eq!(account.mfa.allow_password(at(61)), Err(too_many));
    let challenge = challenge(&account, 1, 61);
    assert_eq!(account.answer(&challenge, presented(&shown(61), 61)), Ok(true));
    assert_eq!(account.mfa.reauthenticate(true, at(960)), Ok(true));
}

#[test]
fn codes_are_read_with_spaces_and_in_any_case() {
    assert_eq!(Code::parse("123 456"), Ok(Code::Totp("123456".into())));
    let code = recovery_codes()[0].clone();
    assert_eq!(Code::parse(&code.text().to_lowercase()), Ok(Code::Recovery(code)));
    for bad in ["", "12345", "1234567", "12345a", "１２３４５６", "ABCDE-FGHI"] {
        assert_eq!(Code::parse(bad), Err(BadCode), "{bad}");
    }
    assert_eq!(format!("{:?}", Code::parse("123456")), "Ok(Code(redacted))");
}
