use contracts::identity::Device;
use proptest::prelude::*;
use types::{EmailAddress, PersonName, SessionId};

use super::*;
use crate::domain::account::NewAccount;
use crate::domain::key_set::{KeyId, KeySet};
use crate::domain::mfa::{Code, Presented, SealedSecret};
use crate::domain::recovery::{RecoveryHashes, RecoveryKey};
use crate::domain::refresh::RefreshToken;
use crate::domain::totp::TotpSecret;

static KEYS: KeySet<RecoveryKey> = KeySet::single(KeyId::new(1), RecoveryKey::new([3; 32]));
const SECRET: TotpSecret = TotpSecret::new(*b"12345678901234567890");
const USER: u128 = 1;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn code(second: i64) -> Code {
    let app = totp_rs::Builder::new().with_secret(totp_rs::Secret::new_stack(*SECRET.bytes())).build().unwrap();
    Code::parse(&app.generate(u64::try_from(at(second).as_second()).unwrap()).to_string()).unwrap()
}

/// An account with a verified address and a second factor.
fn account() -> Account {
    let new = NewAccount {
        email: EmailAddress::parse("ann@example.com").unwrap(),
        name: PersonName::parse("Ann").unwrap(),
        password: serde_json::from_value(serde_json::json!("hash")).unwrap(),
    };
    let (mut account, _) = Account::register(user(USER), Uuid::from_u128(2), new, at(0));
    account.email_verified_at = Some(at(0));
    account.mfa.enrol(SealedSecret::new("sealed".into()), at(0)).unwrap();
    let presented = Presented { code: &code(0), secret: &SECRET, keys: &KEYS, at: at(0) };
    account.confirm_mfa(presented, RecoveryHashes::new(user(USER), &[], &KEYS)).unwrap().unwrap();
    account
}

fn request(admin: u128, id: u128) -> RemovalRequest {
    RemovalRequest { id: Uuid::from_u128(id), admin: user(admin), reason: Reason::parse("lost").unwrap() }
}

fn sign_in(account: &mut Account, number: u128, second: i64) {
    let token = RefreshToken::first(account.id, SessionId::new(Uuid::from_u128(number)), [7; 32]);
    account.sign_in(&token, Device { name: "phone".into(), platform: "ios".into() }, at(second));
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Request(u128),
    Confirm(u128),
    Cancel,
    /// Signs in with the password and the factor.
    SignIn,
    /// Signs in with the password alone.
    SignInWithoutCode,
    SetAdmin(bool),
    Wait(i64),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let hour = 3_600;
    let action = prop_oneof![
        4 => (1_u128..5).prop_map(Action::Request),
        4 => (1_u128..5).prop_map(Action::Confirm),
        1 => Just(Action::Cancel),
        1 => Just(Action::SignIn),
        6 => Just(Action::SignInWithoutCode),
        1 => any::<bool>().prop_map(Action::SetAdmin),
        6 => prop_oneof![Just(hour), Just(24 * hour), Just(72 * hour), Just(7 * 24 * hour)].prop_map(Action::Wait),
    ];
    proptest::collection::vec(action, 0..60)
}

/// What the rules say, kept apart from the account.
#[derive(Debug, Default)]
struct Model {
    requested: Option<(u128, i64)>,
    confirmed: bool,
    due: Option<i64>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The factor goes only by a removal that another admin requested, that nobody cancelled and no sign-in with the factor
    /// contradicted, 72 hours after its approval and for seven days; of admins only with a second admin. All sessions end.
    #[test]
    fn a_factor_is_removed_only_as_approved_and_after_the_delay(actions in actions()) {
        let (mut account, mut model, mut now, mut id) = (account(), Model::default(), 100, 10);
        for action in actions {
            id += 1;
            let is_admin = account.roles.contains(&Role::Admin);
            let lapsed = model.requested.is_none_or(|(_, asked)| at(now) >= at(model.due.unwrap_or(asked)) + WINDOW);
            match action {
                Action::Request(admin) => {
                    let result = account.request_mfa_removal(request(admin, id), DELAY, at(now));
                    prop_assert_eq!(result.is_ok(), admin != USER && lapsed);
                    if let Ok((_, scheduled)) = result {
                        prop_assert_eq!(scheduled.is_some(), !is_admin);
                        let due = (!is_admin).then_some(now + DELAY.as_secs());
                        model = Model { requested: Some((admin, now)), confirmed: false, due };
                    }
                }
                Action::Confirm(admin) => {
                    let result = account.confirm_mfa_removal(user(admin), DELAY, at(now));
                    let missing = !lapsed && !model.confirmed && (model.due.is_none() || is_admin);
                    let is_second = admin != USER && model.requested.is_some_and(|(first, _)| first != admin);
                    prop_assert_eq!(matches!(result, Ok(Some(_))), missing && is_second);
                    if matches!(result, Ok(Some(_))) {
                        (model.confirmed, model.due) = (true, Some(now + DELAY.as_secs()));
                    }
                }
                Action::Cancel => {
                    let cancelled = account.cancel_mfa_removal(MfaRemovalCanceller::User, at(now));
                    prop_assert_eq!(cancelled.is_some(), !lapsed);
                    model = Model::default();
                }
                Action::SignIn => {
                    // A code works once per step; the factor itself is tested elsewhere.
                    now += 60;
                    let presented = Presented { code: &code(now), secret: &SECRET, keys: &KEYS, at: at(now) };
                    prop_assert!(account.accept_code(presented).unwrap());
                    account.cancel_mfa_removal(MfaRemovalCanceller::Factor, at(now));
                    sign_in(&mut account, id, now);
                    model = Model::default();
                }
                Action::SignInWithoutCode => {
                    let due = model.due.is_some_and(|due| due <= now) && !lapsed && (model.confirmed || !is_admin);
                    let sessions = account.sessions.live(at(now)).count();
                    let removed = account.remove_mfa_if_due(at(now));
                    prop_assert_eq!(removed.is_some(), due);
                    prop_assert_eq!(account.mfa.is_on(), !due);
                    if let Some((_, ended)) = removed {
                        prop_assert_eq!(ended.len(), sessions);
                        prop_assert_eq!(account.sessions.live(at(now)).count(), 0);
                        return Ok(());
                    }
                }
                Action::SetAdmin(admin) => {
                    account.roles = if admin { vec![Role::User, Role::Admin] } else { vec![Role::User] };
                }
                Action::Wait(seconds) => now += seconds,
            }
            prop_assert!(account.mfa.is_on());
        }
    }
}

#[test]
fn accounts_without_a_factor_or_a_verified_address_have_nothing_to_remove() {
    let mut unverified = account();
    unverified.email_verified_at = None;
    let refused = unverified.request_mfa_removal(request(9, 1), DELAY, at(1)).unwrap_err();
    assert_eq!(refused, RemovalError::EmailUnverified);
    let mut account = account();
    account.mfa = crate::domain::mfa::Mfa::default();
    assert_eq!(account.request_mfa_removal(request(9, 1), DELAY, at(1)).unwrap_err(), RemovalError::Off);
    assert_eq!(account.confirm_mfa_removal(user(9), DELAY, at(1)), Err(RemovalError::NotPending));
}

#[test]
fn turning_the_factor_off_ends_the_removal() {
    let mut account = account();
    account.request_mfa_removal(request(9, 1), DELAY, at(1)).unwrap();
    let presented = Presented { code: &code(60), secret: &SECRET, keys: &KEYS, at: at(60) };
    assert!(account.disable_mfa(presented).unwrap().is_some());
    assert_eq!(account.mfa.removal(), None);
}
