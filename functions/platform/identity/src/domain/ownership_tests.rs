//! Who can sign in to an account, under random interleavings of three people: the registrant, who may have registered
//! another person's address, the mailbox owner, who alone reads its e-mails, and a stranger. Each of them has a mailbox of
//! their own beside, to which they may change the address.

use std::collections::BTreeSet;

use contracts::identity::Device;
use proptest::prelude::*;
use totp_rs::{Builder, Secret};
use types::{PersonName, Role, UserId};

use super::super::account::NewAccount;
use super::super::key_set::{KeyId, KeySet};
use super::super::mfa::{Code, Presented, SealedSecret};
use super::super::recovery::{RecoveryHashes, RecoveryKey};
use super::super::refresh::RefreshToken;
use super::super::telegram::TelegramId;
use super::super::totp::TotpSecret;
use super::*;

static KEYS: KeySet<RecoveryKey> = KeySet::single(KeyId::new(1), RecoveryKey::new([3; 32]));
const ADDRESS: &str = "ann@example.com";
const PEOPLE: [Person; 3] = [Registrant, MailboxOwner, Stranger];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Person {
    Registrant,
    MailboxOwner,
    Stranger,
}
use Person::{MailboxOwner, Registrant, Stranger};

#[derive(Debug, Clone)]
enum Action {
    Register,
    /// Opens the newest verification link, with a session or the password if the person has one.
    Verify,
    /// Opens the newest verification link and sets a password.
    Reclaim,
    SignIn,
    SignInWithTelegram,
    RequestVerification,
    RequestReset,
    /// Opens the oldest reset link that must still be valid.
    Reset,
    LinkTelegram,
    EnableMfa,
    ChangePassword,
    SignOut,
    Delete,
    Wait(i64),
    /// Signs in with a code that the account's mailbox received.
    SignInByMail,
    /// Requests a change to the mailbox of a person.
    ChangeAddress(Person),
    /// Opens the newest link to a new address.
    ConfirmAddress,
    /// Opens the newest link in a notice to an earlier address.
    UndoChange,
}

fn actions() -> impl Strategy<Value = Vec<(Person, Action)>> {
    let person = || prop_oneof![Just(Registrant), Just(MailboxOwner), Just(Stranger)];
    let action = prop_oneof![
        2 => Just(Action::Register),
        3 => Just(Action::Verify),
        1 => Just(Action::Reclaim),
        3 => Just(Action::SignIn),
        2 => Just(Action::SignInWithTelegram),
        1 => Just(Action::RequestVerification),
        3 => Just(Action::RequestReset),
        3 => Just(Action::Reset),
        3 => Just(Action::LinkTelegram),
        2 => Just(Action::EnableMfa),
        2 => Just(Action::ChangePassword),
        1 => Just(Action::SignOut),
        1 => Just(Action::Delete),
        2 => Just(Action::SignInByMail),
        3 => person().prop_map(Action::ChangeAddress),
        3 => Just(Action::ConfirmAddress),
        1 => Just(Action::UndoChange),
        2 => prop_oneof![0..120_i64, 600..2_000_i64, 40_000..90_000_i64].prop_map(Action::Wait),
    ];
    proptest::collection::vec((person(), action), 0..60)
}

/// A session of a person.
struct Held {
    session: SessionId,
    person: Person,
}

/// The account, and who holds what.
struct World {
    account: Option<Account>,
    now: i64,
    next: u128,
    sessions: Vec<Held>,
    /// Whose authenticator app is the second factor.
    app: Option<Person>,
    /// Reset links in the mailbox: id, time of the last e-mail with it.
    resets: Vec<(Uuid, i64)>,
    verification: Option<Uuid>,
    /// Links to a new address and to an earlier one, with their readers.
    change: Option<(Uuid, Person)>,
    undo: Option<(Uuid, Person)>,
    /// Who registered the account with their own mailbox, took it over, or moved it to their mailbox.
    owner: Option<Person>,
    /// The addresses that a reader of their e-mails proved.
    proven: BTreeSet<String>,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Each person uses a password of their own, and no one tells theirs to others.
fn password(person: Person) -> PasswordHashText {
    serde_json::from_value(serde_json::json!(format!("hash of {person:?}"))).unwrap()
}

/// The second mailbox of each person.
fn own_mailbox(person: Person) -> EmailAddress {
    EmailAddress::parse(&format!("{person:?}@example.org")).unwrap()
}

fn reader(address: &EmailAddress) -> Person {
    PEOPLE.into_iter().find(|person| own_mailbox(*person) == *address).unwrap_or(MailboxOwner)
}

fn telegram(person: Person) -> TelegramId {
    TelegramId::new(person as u64 + 1).unwrap()
}

impl World {
    fn new() -> Self {
        Self {
            account: None,
            now: 0,
            next: 1,
            sessions: Vec::new(),
            app: None,
            resets: Vec::new(),
            verification: None,
            change: None,
            undo: None,
            owner: None,
            proven: BTreeSet::new(),
        }
    }

    fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    fn session_of(&self, person: Person) -> Option<SessionId> {
        let account = self.account.as_ref()?;
        let mut held = self.sessions.iter().filter(|held| held.person == person);
        held.find(|held| account.is_signed_in(held.session, at(self.now))).map(|held| held.session)
    }

    fn knows_password(&self, person: Person) -> bool {
        self.account.as_ref().is_some_and(|account| account.password == Some(password(person)))
    }

    fn passes_mfa(&self, person: Person) -> bool {
        self.account.as_ref().is_some_and(|account| !account.mfa.is_on()) || self.app == Some(person)
    }

    fn can_sign_in(&self, person: Person) -> bool {
        let linked = self.account.as_ref().is_some_and(|account| account.is_linked_to(telegram(person)));
        (self.knows_password(person) || linked || self.reads_verified(person)) && self.passes_mfa(person)
    }

    /// The person who reads the mailbox of the account's address.
    fn mailbox_reader(&self) -> Option<Person> {
        self.account.as_ref().and_then(|account| account.email.as_ref()).map(reader)
    }

    fn reads_verified(&self, person: Person) -> bool {
        let is_verified = self.account.as_ref().is_some_and(|account| account.email_verified_at.is_some());
        is_verified && self.mailbox_reader() == Some(person)
    }

    /// Takes note that a person proved the account's address.
    fn prove(&mut self) {
        let email = self.account.as_ref().and_then(|account| account.email.clone());
        self.proven.extend(email.map(|email| email.as_str().to_owned()));
    }

    fn start_session(&mut self, person: Person) {
        let (id, now) = (self.id(), self.now);
        let account = self.account.as_mut().unwrap();
        account.claim_first_admin(Some(&EmailAddress::parse(ADDRESS).unwrap()));
        let token = RefreshToken::first(account.id, SessionId::new(id), [7; 32]);
        account.sign_in(&token, Device { name: "phone".into(), platform: "ios".into() }, at(now));
        self.sessions.push(Held { session: token.session_id, person });
    }

    fn register(&mut self, person: Person) {
        if self.account.is_some() {
            return;
        }
        let (user_id, verification) = (UserId::new(self.id()), self.id());
        let new = NewAccount {
            email: EmailAddress::parse(ADDRESS).unwrap(),
            name: PersonName::parse("Ann").unwrap(),
            password: password(person),
        };
        let now = self.now;
        *self = Self { now, next: self.next, ..Self::new() };
        self.account = Some(Account::register(user_id, verification, new, at(now)).0);
        (self.verification, self.owner) = (Some(verification), Some(person).filter(|person| *person == MailboxOwner));
        self.start_session(person);
    }

    /// Links are in the mailbox, so its owner alone has them.
    fn link(&self, person: Person) -> Option<Uuid> {
        self.verification.filter(|_| person == MailboxOwner)
    }

    fn verify(&mut self, person: Person) {
        let Some(link) = self.link(person) else { return };
        let proven = self.session_of(person).is_some() || self.knows_password(person);
        let possession = if proven { Possession::Proven } else { Possession::Unproven };
        let now = at(self.now);
        let Some(account) = &mut self.account else { return };
        // Whether it was refused shows in the state that follows.
        if account.verify_email(link, possession, now).is_ok_and(|verified| verified.is_some()) {
            self.prove();
        }
    }

    fn reclaim(&mut self, person: Person) {
        let (Some(link), now) = (self.link(person), at(self.now)) else { return };
        let Some(account) = &mut self.account else { return };
        if account.reclaim(link, password(person), now).is_ok() {
            assert_eq!(account.name, PersonName::unnamed(), "the registrant chose the name");
            assert!(account.owns_since(now) && !account.owns_since(now - SignedDuration::from_secs(1)));
            self.take_over(person);
        }
    }

    fn take_over(&mut self, person: Person) {
        self.owner = Some(person);
        self.prove();
        self.resets.clear();
        if !self.account.as_ref().unwrap().mfa.is_on() {
            self.app = None;
        }
    }

    fn request_reset(&mut self) {
        let (id, now) = (self.id(), self.now);
        let Some(account) = &mut self.account else { return };
        if let Ok(mail) = account.request_reset(id, at(now)) {
            self.resets.retain(|(id, _)| *id != mail.reset_id);
            self.resets.push((mail.reset_id, now));
        }
    }

    /// Returns an error if a link that must be valid is not.
    fn reset(&mut self, person: Person) -> Result<(), TestCaseError> {
        let now = self.now;
        self.resets.retain(|(_, mailed)| now - mailed < RESET_LIFETIME.as_secs());
        let is_reader = self.mailbox_reader() == Some(person);
        let Some((link, _)) = self.resets.first().copied().filter(|_| is_reader) else { return Ok(()) };
        let Some(account) = &mut self.account else { return Ok(()) };
        prop_assert!(account.reset_password(link, password(person), at(now)).is_ok(), "a link in the mailbox is dead");
        self.take_over(person);
        prop_assert!(self.can_sign_in(person), "the mailbox owner cannot use the account");
        Ok(())
    }

    fn enable_mfa(&mut self, person: Person) {
        if self.session_of(person).is_none() || !self.knows_password(person) {
            return;
        }
        let (now, secret) = (at(self.now), TotpSecret::new([person as u8; 20]));
        let Some(account) = &mut self.account else { return };
        let app = Builder::new().with_secret(Secret::new_stack(*secret.bytes())).build().unwrap();
        let code = Code::parse(&app.generate(u64::try_from(now.as_second()).unwrap()).to_string()).unwrap();
        let presented = Presented { code: &code, secret: &secret, keys: &KEYS, at: now };
        let recovery = RecoveryHashes::new(account.id, &[], &KEYS);
        if account.mfa.enrol(SealedSecret::new("sealed".into()), now).is_ok()
            && account.confirm_mfa(presented, recovery).is_ok_and(|enabled| enabled.is_some())
        {
            self.app = Some(person);
        }
    }

    /// An action that needs a session, the password and the second factor.
    fn steps_up(&self, person: Person) -> Option<SessionId> {
        let (session, now) = (self.session_of(person)?, at(self.now));
        let account = self.account.as_ref()?;
        let recent = account.password.is_none() && account.signed_in_recently(session, now);
        Some(session).filter(|_| (recent || self.knows_password(person)) && self.passes_mfa(person))
    }

    fn sign_in_by_mail(&mut self, person: Person) {
        let now = at(self.now);
        if self.mailbox_reader() != Some(person) {
            return;
        }
        let reclaimed = self.account.as_mut().is_some_and(|account| account.enter_by_mail(now).is_some());
        if reclaimed {
            assert_eq!(self.account.as_ref().unwrap().name, PersonName::unnamed(), "the registrant chose the name");
            self.take_over(person);
        }
        if self.passes_mfa(person) {
            self.start_session(person);
        }
    }

    fn change_address(&mut self, person: Person, to: Person) {
        let (nonce, now) = (self.id(), at(self.now));
        if self.steps_up(person).is_none() {
            return;
        }
        let account = self.account.as_mut().unwrap();
        let current = account.email.as_ref().map(reader);
        if let Ok(mails) = account.request_email_change(own_mailbox(to), nonce, now) {
            self.change = Some((mails.confirmation_id, to));
            self.undo = mails.undo_id.zip(current).or(self.undo);
        }
    }

    fn confirm_address(&mut self, person: Person) {
        let Some((link, _)) = self.change.filter(|(_, reader)| *reader == person) else { return };
        let (session, now) = (self.session_of(person), at(self.now));
        let proven = session.is_some() || self.knows_password(person);
        let possession = if proven { Possession::Proven } else { Possession::Unproven };
        let Some(account) = &mut self.account else { return };
        if account.confirm_email_change(link, possession, session, now).is_ok() {
            (self.verification, self.owner) = (None, Some(person));
            self.prove();
            self.resets.clear();
        }
    }

    /// Returns an error if it does not leave its user as the only one who can sign in.
    fn undo_change(&mut self, person: Person) -> Result<(), TestCaseError> {
        let Some((link, _)) = self.undo.filter(|(_, reader)| *reader == person) else { return Ok(()) };
        let now = at(self.now);
        let Some(account) = &mut self.account else { return Ok(()) };
        if account.undo_email_change(link, password(person), now).is_ok() {
            self.take_over(person);
            prop_assert!(self.knows_password(person) && self.mailbox_reader() == Some(person));
            prop_assert!(account_has_no_session(self.account.as_ref(), now), "a session survived");
        }
        Ok(())
    }

    fn act(&mut self, person: Person, action: &Action) -> Result<(), TestCaseError> {
        let now = at(self.now);
        match action {
            Action::Wait(seconds) => self.now += seconds,
            Action::Register => self.register(person),
            Action::Verify => self.verify(person),
            Action::Reclaim => self.reclaim(person),
            Action::RequestReset => self.request_reset(),
            Action::Reset => self.reset(person)?,
            Action::SignInByMail => self.sign_in_by_mail(person),
            Action::ChangeAddress(to) => self.change_address(person, *to),
            Action::ConfirmAddress => self.confirm_address(person),
            Action::UndoChange => self.undo_change(person)?,
            Action::EnableMfa => self.enable_mfa(person),
            Action::SignIn if self.knows_password(person) && self.passes_mfa(person) => self.start_session(person),
            Action::SignInWithTelegram => {
                let linked = self.account.as_ref().is_some_and(|account| account.is_linked_to(telegram(person)));
                if linked && self.passes_mfa(person) {
                    self.start_session(person);
                }
            }
            Action::RequestVerification => {
                let id = self.id();
                if self.session_of(person).is_some()
                    && let Some(Ok(mail)) = self.account.as_mut().map(|account| account.request_verification(id, now))
                {
                    self.verification = Some(mail.verification_id);
                }
            }
            Action::LinkTelegram if self.steps_up(person).is_some() => {
                let _linked = self.account.as_mut().unwrap().link_telegram(telegram(person), now);
            }
            Action::ChangePassword => {
                if let Some(session) = self.steps_up(person) {
                    let account = self.account.as_mut().unwrap();
                    if account.password.is_none() {
                        return Ok(());
                    }
                    account.change_password(password(person), session, now);
                    if account.email_verified_at.is_some() {
                        self.resets.clear();
                    }
                }
            }
            Action::SignOut => {
                if let Some(session) = self.session_of(person) {
                    self.account.as_mut().unwrap().sessions.end(session, SessionEndReason::Logout, now);
                }
            }
            Action::Delete if self.steps_up(person).is_some() => {
                *self = Self { now: self.now, next: self.next, ..Self::new() };
            }
            Action::SignIn | Action::LinkTelegram | Action::Delete => {}
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let Some(account) = &self.account else { return Ok(()) };
        if let Some(owner) = self.owner {
            for person in PEOPLE.into_iter().filter(|person| *person != owner) {
                prop_assert!(!self.can_sign_in(person), "{person:?} can sign in to an account that is not theirs");
                prop_assert!(self.session_of(person).is_none(), "{person:?} has a session");
            }
        }
        if account.email_verified_at.is_some() {
            prop_assert!(self.owner.is_some(), "verified, although its owner holds nothing of the account");
            prop_assert!(self.mailbox_reader() == self.owner, "the address is another person's");
            prop_assert!(self.app.is_none() || self.app == self.owner, "a second factor of another person");
            let email = account.email.as_ref().map(EmailAddress::as_str).unwrap_or_default();
            prop_assert!(self.proven.contains(email), "an address is verified that nobody proved");
        }
        if account.roles.contains(&Role::Admin) {
            prop_assert!(self.owner == Some(MailboxOwner), "the first admin is not the mailbox owner");
        }
        Ok(())
    }
}

fn account_has_no_session(account: Option<&Account>, now: Timestamp) -> bool {
    account.is_none_or(|account| account.sessions.live(now).count() == 0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_mailbox_owner_always_ends_up_as_the_only_one_who_can_sign_in(actions in actions()) {
        let mut world = World::new();
        for (person, action) in &actions {
            world.act(*person, action)?;
            world.check()?;
        }
        // Whatever happened, the address can be reclaimed, and stays with its owner.
        if world.account.is_some() {
            world.now += 60;
            world.request_reset();
            let reader = world.mailbox_reader().unwrap();
            world.reset(reader)?;
            prop_assert!(world.owner == Some(reader));
            for (person, action) in &actions {
                world.act(*person, action)?;
                world.check()?;
            }
        }
    }

    #[test]
    fn registrants_who_own_the_mailbox_keep_what_they_set_up(with_session: bool) {
        let mut world = World::new();
        for action in [Action::Register, Action::LinkTelegram, Action::EnableMfa] {
            world.act(MailboxOwner, &action)?;
        }
        if !with_session {
            world.act(MailboxOwner, &Action::SignOut)?;
        }
        let before = world.account.clone().unwrap();
        world.act(MailboxOwner, &Action::Verify)?;
        let after = world.account.clone().unwrap();
        prop_assert!(after.email_verified_at.is_some());
        let kept = |account: &Account| (account.password.clone(), account.telegram.clone(), account.mfa.clone(), account.sessions.clone());
        prop_assert_eq!(kept(&before), kept(&after));
        let distinct: BTreeSet<_> = after.sign_in_methods().into_iter().map(|method| format!("{method:?}")).collect();
        // The password, Telegram, and from now on e-mail.
        prop_assert_eq!(distinct.len(), 3);
    }
}
