//! Changes of address, and their undo.

use contracts::identity::Device;
use proptest::prelude::*;
use types::PersonName;

use super::super::account::NewAccount;
use super::super::key_set::{KeyId, KeySet};
use super::super::mfa::{Code, Presented, SealedSecret};
use super::super::recovery::{RecoveryHashes, RecoveryKey};
use super::super::refresh::RefreshToken;
use super::super::telegram::TelegramId;
use super::super::totp::TotpSecret;
use super::*;

static KEYS: KeySet<RecoveryKey> = KeySet::single(KeyId::new(1), RecoveryKey::new([3; 32]));

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn address(number: u8) -> EmailAddress {
    EmailAddress::parse(&format!("ann{number}@example.com")).unwrap()
}

fn hash(text: &str) -> PasswordHashText {
    serde_json::from_value(serde_json::json!(text)).unwrap()
}

fn registered() -> Account {
    let new =
        NewAccount { email: address(0), name: PersonName::parse("Ann").unwrap(), password: hash("of the registrant") };
    let mut account = Account::register(UserId::new(Uuid::from_u128(1)), Uuid::from_u128(2), new, at(0)).0;
    account.plan = "family".to_owned().try_into().unwrap();
    account
}

fn verified() -> Account {
    Account { email_verified_at: Some(at(0)), verification: None, ..registered() }
}

fn sign_in(account: &mut Account, number: u128, now: Timestamp) -> SessionId {
    let session = SessionId::new(Uuid::from_u128(number));
    let device = Device { name: "phone".into(), platform: "ios".into() };
    account.sign_in(&RefreshToken::first(account.id, session, [7; 32]), device, now);
    session
}

fn nonce(number: u128) -> Uuid {
    Uuid::from_u128(1_000 + number)
}

#[test]
fn the_address_changes_when_the_new_one_is_confirmed_and_not_before() {
    let mut account = verified();
    let (own, _other) = (sign_in(&mut account, 1, at(0)), sign_in(&mut account, 2, at(0)));
    account.request_reset(nonce(9), at(0)).unwrap();
    let fact = account.request_email_change(address(1), nonce(1), at(10)).unwrap();
    assert_eq!((fact.current_email, account.email.clone()), (Some(address(0)), Some(address(0))));
    let id = fact.confirmation_id;
    let alone = account.confirm_email_change(id, Possession::Unproven, None, at(20));
    assert_eq!(alone, Err(NotVerified::PossessionUnproven));
    let wrong = account.confirm_email_change(fact.undo_id.unwrap(), Possession::Proven, None, at(20));
    assert_eq!(wrong, Err(NotVerified::Stale));
    let confirmed = account.confirm_email_change(id, Possession::Proven, Some(own), at(20)).unwrap();
    assert_eq!(confirmed.changed, EmailChanged { user_id: account.id, email: address(1) });
    assert_eq!((account.email.clone(), account.email_verified_at), (Some(address(1)), Some(at(20))));
    assert_eq!(confirmed.ended.len(), 1);
    assert!(account.is_signed_in(own, at(20)));
    assert!(account.reset.is_none() && account.email_change.is_none());
    assert_eq!(account.former_emails[0].email, address(0));
    assert_eq!(account.confirm_email_change(id, Possession::Proven, None, at(21)), Err(NotVerified::Stale));
}

#[test]
fn a_link_is_for_one_address_and_ends_after_a_day() {
    let mut account = verified();
    let first = account.request_email_change(address(1), nonce(1), at(0)).unwrap();
    let wait = SignedDuration::from_secs(1);
    let soon = account.request_email_change(address(2), nonce(2), at(59));
    assert_eq!(soon, Err(ChangeNotRequested::TooSoon { wait }));
    let again = account.request_email_change(address(1), nonce(2), at(60)).unwrap();
    assert_eq!(again, first, "the same link");
    let second = account.request_email_change(address(2), nonce(3), at(120)).unwrap();
    assert_eq!(second.undo_id, first.undo_id, "a link to undo that was sent before stays valid");
    assert_eq!(account.check_email_change(first.confirmation_id, at(120)), Err(StaleProof));
    let end = 120 + CHANGE_LIFETIME.as_secs();
    assert!(account.check_email_change(second.confirmation_id, at(end - 1)).is_ok());
    assert_eq!(account.check_email_change(second.confirmation_id, at(end)), Err(StaleProof));
    let same = account.request_email_change(address(0), nonce(4), at(end));
    assert_eq!(same, Err(ChangeNotRequested::SameAddress));
}

#[test]
fn an_address_that_was_not_verified_is_neither_told_nor_kept() {
    let mut account = registered();
    let fact = account.request_email_change(address(1), nonce(1), at(0)).unwrap();
    assert_eq!((fact.current_email, fact.undo_id), (None, None));
    account.confirm_email_change(fact.confirmation_id, Possession::Proven, None, at(1)).unwrap();
    assert!(account.former_emails.is_empty() && account.verification.is_none());
}

#[test]
fn an_undo_works_for_seven_days_and_once() {
    for (seconds, works) in [(0, true), (UNDO_LIFETIME.as_secs() - 1, true), (UNDO_LIFETIME.as_secs(), false)] {
        let mut account = verified();
        sign_in(&mut account, 1, at(0));
        let fact = account.request_email_change(address(1), nonce(1), at(0)).unwrap();
        account.link_telegram(TelegramId::new(7).unwrap(), at(0));
        account.confirm_email_change(fact.confirmation_id, Possession::Proven, None, at(0)).unwrap();
        let (undo, now) = (fact.undo_id.unwrap(), at(seconds));
        let undone = account.undo_email_change(undo, hash("of the owner"), now);
        assert_eq!(undone.is_ok(), works, "after {seconds} s");
        if let Ok(undone) = undone {
            assert_eq!(undone.changed.unwrap().email, address(0));
            assert!(undone.password.unlinked.is_some() && undone.password.reclaimed.is_none());
            assert_eq!((account.email.clone(), account.email_verified_at), (Some(address(0)), Some(now)));
            assert_eq!(account.password, Some(hash("of the owner")));
            assert_eq!(account.sessions.live(now).count(), 0);
            assert_eq!(account.undo_email_change(undo, hash("again"), now), Err(StaleProof));
        }
    }
}

#[test]
fn an_undo_before_the_confirmation_cancels_the_change() {
    let mut account = verified();
    let fact = account.request_email_change(address(1), nonce(1), at(0)).unwrap();
    let undone = account.undo_email_change(fact.undo_id.unwrap(), hash("of the owner"), at(1)).unwrap();
    assert_eq!(undone.changed, None);
    assert_eq!(account.check_email_change(fact.confirmation_id, at(1)), Err(StaleProof));
    let later = account.request_email_change(address(1), nonce(2), at(100)).unwrap();
    assert_ne!(later.undo_id, fact.undo_id);
    assert_eq!(account.check_undo(fact.undo_id.unwrap(), at(100)), Err(StaleProof), "a link works once");
}

proptest! {
    /// An attacker who stole password and session changes the address as often as they may.
    #[test]
    fn no_chain_of_changes_keeps_the_owner_from_the_first_address(targets in proptest::collection::vec(0_u8..5, 1..12)) {
        let mut account = verified();
        let (mut now, mut first_undo, mut changes) = (0, None, 0);
        for (number, target) in (1_u128..).zip(targets) {
            now += 60;
            let Ok(fact) = account.request_email_change(address(target), nonce(number), at(now)) else { continue };
            if account.email == Some(address(0)) {
                first_undo = fact.undo_id;
            }
            account.confirm_email_change(fact.confirmation_id, Possession::Proven, None, at(now)).unwrap();
            changes += 1;
            prop_assert!(account.former_emails.len() <= MAX_FORMER_EMAILS);
            let mut all: Vec<_> = account.former_emails.iter().map(|former| former.email.clone()).collect();
            all.extend(account.email.clone());
            let count = all.len();
            all.sort_by(|a, b| a.as_str().cmp(b.as_str()));
            all.dedup();
            prop_assert_eq!(all.len(), count, "an address is held twice");
        }
        if changes > 0 && account.email != Some(address(0)) {
            let undone = account.undo_email_change(first_undo.unwrap(), hash("of the owner"), at(now + 1));
            prop_assert!(undone.is_ok());
            prop_assert_eq!(&account.email, &Some(address(0)));
            prop_assert!(account.former_emails.is_empty());
        }
    }
}

#[test]
fn going_back_leaves_nothing_to_the_address_in_between() {
    let mut account = verified();
    for (number, target) in [(1_u8, 1), (2, 2), (3, 0)] {
        let now = at(100 * i64::from(number));
        let fact = account.request_email_change(address(target), nonce(number.into()), now).unwrap();
        account.confirm_email_change(fact.confirmation_id, Possession::Proven, None, now).unwrap();
        assert_eq!(account.former_emails.len(), if target == 0 { 0 } else { usize::from(number) });
    }
}

#[test]
fn a_change_that_was_requested_before_the_verification_ends_with_it() {
    let mut account = registered();
    let fact = account.request_email_change(address(1), nonce(1), at(0)).unwrap();
    let verification = account.verification.as_ref().unwrap().newest().unwrap().id;
    account.verify_email(verification, Possession::Proven, at(10)).unwrap();
    let confirmed = account.confirm_email_change(fact.confirmation_id, Possession::Proven, None, at(20));
    assert_eq!(confirmed, Err(NotVerified::Stale), "the owner of the verified address was told nothing");
}

#[test]
fn the_undo_of_a_change_that_is_not_confirmed_ends_too() {
    let mut account = verified();
    let undo = account.request_email_change(address(1), nonce(1), at(0)).unwrap().undo_id.unwrap();
    let end = UNDO_LIFETIME.as_secs();
    assert!(account.check_undo(undo, at(end - 1)).is_ok());
    assert_eq!(account.check_undo(undo, at(end)), Err(StaleProof));
}

/// Turns a second factor on.
fn enrol(account: &mut Account, now: Timestamp) {
    let secret = TotpSecret::new([7; 20]);
    let app = totp_rs::Builder::new().with_secret(totp_rs::Secret::new_stack(*secret.bytes())).build().unwrap();
    let code = Code::parse(&app.generate(u64::try_from(now.as_second()).unwrap()).to_string()).unwrap();
    account.mfa.enrol(SealedSecret::new("sealed".into()), now).unwrap();
    let hashes = RecoveryHashes::new(account.id, &[], &KEYS);
    let presented = Presented { code: &code, secret: &secret, keys: &KEYS, at: now };
    assert!(account.confirm_mfa(presented, hashes).unwrap().is_some());
}

#[test]
fn an_undo_removes_the_factor_of_whoever_changed_the_address_and_no_older_one() {
    let day = 24 * 60 * 60;
    // Days before the request on which the factor was turned on, and whether it stays.
    for (before, stays) in [(0, false), (6, false), (9, true)] {
        for is_confirmed in [false, true] {
            let mut account = verified();
            enrol(&mut account, at(-before * day));
            let fact = account.request_email_change(address(1), nonce(1), at(0)).unwrap();
            if is_confirmed {
                account.confirm_email_change(fact.confirmation_id, Possession::Proven, None, at(60)).unwrap();
            }
            let undone = account.undo_email_change(fact.undo_id.unwrap(), hash("of the owner"), at(120)).unwrap();
            assert_eq!((account.mfa.is_on(), undone.mfa_disabled.is_none()), (stays, stays), "{before} {is_confirmed}");
        }
    }
}
