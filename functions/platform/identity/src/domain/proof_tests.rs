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
    /// Opens the link of the proof that was requested so many requests ago, whatever its kind.
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

/// Links of one kind in the mailbox: id, first and last e-mail with it. Written in another way than the code.
#[derive(Default)]
struct Model {
    links: Vec<(usize, i64, i64)>,
}

impl Model {
    fn may_request(&self, now: i64) -> bool {
        self.links.iter().all(|(_, _, last)| now - last >= 60)
    }

    /// The link that a request must send: a recent one, or the new one.
    fn request(&mut self, new: usize, now: i64, lifetime: i64) -> usize {
        if let Some(recent) = self.links.last_mut().filter(|(_, first, _)| now - *first < lifetime / 2) {
            recent.2 = now;
            return recent.0;
        }
        self.links.push((new, now, now));
        new
    }

    fn works(&self, link: usize, now: i64, lifetime: i64) -> bool {
        self.links.iter().any(|(id, first, _)| *id == link && now - first < lifetime + lifetime / 2)
    }
}

proptest! {
    /// A link works from its first e-mail until its end, once, and never as one of the other kind.
    #[test]
    fn links_work_when_the_rules_say_so_and_never_otherwise(steps in steps()) {
        let mut account = account();
        // Proof 0 came with the registration.
        let (mut now, mut requested) = (0, 1);
        let mut verification = Model { links: vec![(0, 0, 0)] };
        let (mut reset, mut verified) = (Model::default(), false);
        for step in steps {
            let before = account.clone();
            match step {
                Step::Wait(seconds) => now += seconds,
                Step::SignIn(number) => {
                    sign_in(&mut account, number, at(now));
                }
                Step::RequestVerification => {
                    let mail = account.request_verification(id(requested), at(now));
                    prop_assert_eq!(mail.is_ok(), !verified && verification.may_request(now), "{:?}", mail);
                    if let Ok(mail) = mail {
                        prop_assert_eq!(mail.verification_id, id(verification.request(requested, now, 86_400)));
                        requested += 1;
                    }
                }
                Step::RequestReset => {
                    let mail = account.request_reset(id(requested), at(now));
                    prop_assert_eq!(mail.is_ok(), reset.may_request(now), "{:?}", mail);
                    if let Ok(mail) = mail {
                        prop_assert_eq!(mail.reset_id, id(reset.request(requested, now, 1_800)));
                        prop_assert_eq!(mail.address_verified, verified);
                        requested += 1;
                    }
                    // Anyone may request: what the owner has stays as it is.
                    prop_assert_eq!(&account.password, &before.password);
                    prop_assert_eq!(&account.sessions, &before.sessions);
                }
                Step::Verify(back) => {
                    let link = requested.saturating_sub(1 + back);
                    let works = verification.works(link, now, 86_400);
                    let unproven = account.verify_email(id(link), Possession::Unproven, at(now));
                    prop_assert!(unproven.is_err() || verified);
                    prop_assert_eq!(&account, &before);
                    match account.verify_email(id(link), Possession::Proven, at(now)) {
                        Ok(Some(_)) => prop_assert!(!verified && works),
                        Ok(None) => prop_assert!(verified),
                        Err(reason) => {
                            prop_assert!(!verified && !works);
                            prop_assert_eq!(reason, NotVerified::Stale);
                        }
                    }
                    if works {
                        verified = true;
                        verification.links.clear();
                    }
                }
                Step::Reset(back) => {
                    let link = requested.saturating_sub(1 + back);
                    let works = reset.works(link, now, 1_800);
                    prop_assert_eq!(account.check_reset(id(link), at(now)).is_ok(), works);
                    let live = before.sessions.live(at(now)).count();
                    match account.reset_password(id(link), hash(link), at(now)) {
                        Ok(set) => {
                            prop_assert!(works);
                            prop_assert_eq!(set.reclaimed.is_some(), !verified);
                            prop_assert!(set.changed.address_verified);
                            prop_assert_eq!(account.password.clone(), Some(hash(link)));
                            prop_assert_eq!(account.sessions.live(at(now)).count(), 0);
                            prop_assert_eq!(set.ended.len(), live, "a session ended without an event");
                            verified = true;
                            verification.links.clear();
                            reset.links.clear();
                        }
                        Err(StaleProof) => prop_assert!(!works),
                    }
                }
                Step::ChangePassword => {
                    let set = account.change_password(hash(requested), SessionId::new(id(7)), at(now));
                    prop_assert_eq!(account.password.clone(), Some(hash(requested)));
                    prop_assert_eq!(set.changed.address_verified, verified);
                    if verified {
                        reset.links.clear();
                    }
                }
            }
            prop_assert_eq!(account.email_verified_at.is_some(), verified);
        }
    }
}

#[test]
fn bounds_are_sharp() {
    let mut late = account();
    assert_eq!(late.verify_email(id(0), Possession::Proven, at(129_600)), Err(NotVerified::Stale));
    assert!(late.verify_email(id(0), Possession::Proven, at(129_599)).is_ok());

    let mut account = account();
    let wait = |seconds| Err(NotRequested::TooSoon(TooSoon { wait: SignedDuration::from_secs(seconds) }));
    assert_eq!(account.request_verification(id(1), at(1)).map(drop), wait(59));
    assert_eq!(account.request_verification(id(1), at(60)).map(drop), Ok(()));
    account.request_reset(id(2), at(100)).unwrap();
    assert_eq!(account.request_reset(id(3), at(159)).map(drop), wait(1));
    assert_eq!(account.check_reset(id(2), at(2_799)), Ok(()));
    assert_eq!(account.check_reset(id(2), at(2_800)), Err(StaleProof));
}

#[test]
fn a_reset_of_a_verified_account_unlinks_telegram_and_keeps_the_second_factor() {
    let mut account = account();
    account.verify_email(id(0), Possession::Proven, at(1)).unwrap();
    account.link_telegram(super::super::telegram::TelegramId::new(7).unwrap(), at(1));
    account.known_sources.remember(&super::super::attempts::Source::of("192.0.2.1"));
    sign_in(&mut account, 1, at(2));
    let mfa = account.mfa.clone();
    account.request_reset(id(1), at(60)).unwrap();
    let set = account.reset_password(id(1), hash(1), at(61)).unwrap();
    assert!(set.reclaimed.is_none() && set.unlinked.is_some());
    assert_eq!(set.ended.iter().map(|ended| ended.reason).collect::<Vec<_>>(), [SessionEndReason::PasswordReset]);
    assert_eq!((account.telegram, account.mfa), (None, mfa));
    assert_eq!(account.known_sources, KnownSources::default());
}

/// The registrant of an unverified account may be another person, who must not guess passwords as if at home.
#[test]
fn a_password_set_by_mail_forgets_the_networks_of_an_unverified_account() {
    for with_reset in [false, true] {
        let mut account = account();
        let registrants = super::super::attempts::Source::of("192.0.2.1");
        account.known_sources.remember(&registrants);
        let set = if with_reset {
            account.request_reset(id(1), at(60)).unwrap();
            account.reset_password(id(1), hash(1), at(61))
        } else {
            account.reclaim(id(0), hash(1), at(61))
        };
        assert!(set.unwrap().reclaimed.is_some());
        assert_eq!(account.known_sources, KnownSources::default());
    }
}

#[test]
fn a_changed_password_ends_the_other_devices_and_an_open_reset() {
    let mut account = account();
    account.verify_email(id(0), Possession::Proven, at(0)).unwrap();
    account.plan = super::super::plan::Plan::try_from("premium".to_owned()).unwrap();
    let sessions: Vec<_> = (1..=3).map(|number| sign_in(&mut account, number, at(0))).collect();
    account.request_reset(id(9), at(1)).unwrap();
    let set = account.change_password(hash(1), sessions[1], at(2));
    let ended: Vec<_> = set.ended.iter().map(|ended| ended.session_id).collect();
    assert_eq!(ended, [sessions[0], sessions[2]]);
    assert!(set.ended.iter().all(|ended| ended.reason == SessionEndReason::PasswordChanged));
    assert_eq!((set.changed.email, set.reclaimed), (account.email.clone(), None));
    assert_eq!(account.check_reset(id(9), at(3)), Err(StaleProof));
}

#[test]
fn a_registrant_cannot_end_the_resets_of_a_mailbox_owner() {
    let mut account = account();
    let session = sign_in(&mut account, 1, at(0));
    account.request_reset(id(9), at(1)).unwrap();
    for number in 1..4 {
        account.change_password(hash(number), session, at(2));
        let again = account.request_reset(id(10), at(3)).map(drop);
        assert!(matches!(again, Err(NotRequested::TooSoon(_))), "the pause between two e-mails is over: {again:?}");
    }
    assert!(account.reset_password(id(9), hash(5), at(4)).is_ok());
    assert_eq!((account.password.clone(), account.is_signed_in(session, at(4))), (Some(hash(5)), false));
}

#[test]
fn an_account_without_an_address_gets_no_mail() {
    let mut account = account();
    account.email = None;
    assert_eq!(account.request_verification(id(1), at(60)).map(drop), Err(NotRequested::NoEmail));
    assert_eq!(account.request_reset(id(1), at(60)).map(drop), Err(NotRequested::NoEmail));
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
