//! Accounts.

use contracts::billing::KnownEntitlement;
use contracts::identity::{Device, SessionEnded, SessionStarted, UserRegistered};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, PersonName, Role, SessionId, UserId, Uuid};

use super::attempts::KnownSources;
use super::email_change::{EmailChange, FormerEmail};
use super::mfa::Mfa;
use super::password::PasswordHashText;
use super::plan::Plan;
use super::proof::VERIFICATION_LIFETIME;
use super::proofs::Proofs;
use super::refresh::RefreshToken;
use super::session::{Ended, Session, Sessions};
use super::sign_in_methods::{SignInMethod, TelegramLink};

/// How long a sign-in counts as proof that the user is present, for accounts without a password.
pub const RECENT_SIGN_IN: SignedDuration = SignedDuration::from_mins(5);

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AccountStatus)]
pub enum Status {
    /// It may.
    Active,
    /// An admin has closed it for now.
    Suspended,
    /// Its owner has deleted it: nothing personal is left, and it cannot be used again.
    Deleted,
}

/// A person's account: one item, so that all that changes together is written together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// How they sign in, and where mail goes once it is verified; none where they sign in through another service.
    pub email: Option<EmailAddress>,
    /// When they proved that the address is theirs.
    pub email_verified_at: Option<Timestamp>,
    /// What they call themselves.
    pub name: PersonName,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Their plan while billing gives them none.
    pub plan: Plan,
    /// What billing said last of their plan, for all times from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<KnownEntitlement>,
    /// Whether they may.
    pub status: Status,
    /// Their password's hash; none where they sign in through another service.
    pub password: Option<PasswordHashText>,
    /// Their Telegram account, if they sign in through it.
    #[serde(default)]
    pub telegram: Option<TelegramLink>,
    /// Their signed-in devices.
    pub sessions: Sessions,
    /// Where they signed in from.
    #[serde(default)]
    pub known_sources: KnownSources,
    /// Their second factor.
    #[serde(default)]
    pub mfa: Mfa,
    /// Open verifications of the address. A change of the address ends them, and open resets.
    pub verification: Option<Proofs>,
    /// Open password resets.
    pub reset: Option<Proofs>,
    /// A change of the address that waits for its confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_change: Option<EmailChange>,
    /// Verified addresses of before, oldest first, each reserved until its change is final.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_emails: Vec<FormerEmail>,
    /// When the owner of the mailbox took the account over. What is older is another person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reclaimed_at: Option<Timestamp>,
    /// Time of registration.
    pub created_at: Timestamp,
}

/// What a user states at registration.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The address.
    pub email: EmailAddress,
    /// The name.
    pub name: PersonName,
    /// The password's hash.
    pub password: PasswordHashText,
}

impl Account {
    /// A new account, and its event.
    pub fn register(id: UserId, verification_id: Uuid, new: NewAccount, now: Timestamp) -> (Self, UserRegistered) {
        let verification = Some(Proofs::first(verification_id, VERIFICATION_LIFETIME, now));
        let fact = UserRegistered {
            user_id: id,
            email: Some(new.email.clone()),
            name: new.name.clone(),
            verification_id: Some(verification_id),
        };
        let account = Self {
            id,
            email: Some(new.email),
            email_verified_at: None,
            name: new.name,
            roles: vec![Role::User],
            plan: Plan::free(),
            status: Status::Active,
            password: Some(new.password),
            telegram: None,
            sessions: Sessions::default(),
            known_sources: KnownSources::default(),
            mfa: Mfa::default(),
            verification,
            reset: None,
            email_change: None,
            former_emails: Vec::new(),
            reclaimed_at: None,
            entitlement: None,
            created_at: now,
        };
        (account, fact)
    }

    /// The plan that counts at an instant: the one from billing, or that of the account.
    pub fn plan_at(&self, now: Timestamp) -> Plan {
        let from_billing = self.entitlement.as_ref().and_then(|known| known.plan_at(now));
        from_billing.map_or_else(|| self.plan.clone(), Plan::named)
    }

    /// Signs a device in. The facts to tell: the new session, and those that it displaced.
    pub fn sign_in(
        &mut self,
        token: &RefreshToken,
        device: Device,
        now: Timestamp,
    ) -> (SessionStarted, Vec<SessionEnded>) {
        let started = SessionStarted { user_id: self.id, session_id: token.session_id, device: device.clone() };
        let ended = self.sessions.open(Session::new(token, device, now), self.plan_at(now).limits().devices, now);
        (started, ended.into_iter().map(|ended| self.tell(ended)).collect())
    }

    /// Whether a session is live.
    pub fn is_signed_in(&self, session: SessionId, now: Timestamp) -> bool {
        self.sessions.live(now).any(|live| live.id == session)
    }

    /// Whether a session is live and its device signed in at most [`RECENT_SIGN_IN`] ago. It stands for the password of accounts
    /// without one.
    pub fn signed_in_recently(&self, session: SessionId, now: Timestamp) -> bool {
        let mut live = self.sessions.live(now);
        live.any(|live| live.id == session && now.duration_since(live.created_at) <= RECENT_SIGN_IN)
    }

    /// Whether something of a time is the present owner's: nothing is that a registrant left before a takeover.
    pub fn owns_since(&self, at: Timestamp) -> bool {
        self.reclaimed_at.is_none_or(|reclaimed_at| reclaimed_at <= at)
    }

    /// What a sign-in by this method proved, as a text that changes when it proves nothing any more: another password, an
    /// address that was changed or verified anew, another Telegram account.
    pub fn first_factor(&self, method: SignInMethod) -> String {
        let password = self.password.as_ref().map(PasswordHashText::as_str).unwrap_or_default();
        match method {
            SignInMethod::Password => password.to_owned(),
            SignInMethod::Telegram => {
                let linked = self.telegram.as_ref().map(|link| (link.id.number(), link.linked_at));
                format!("{password} {linked:?}")
            }
            SignInMethod::Email => {
                let address = self.email.as_ref().map(EmailAddress::fingerprint);
                format!("{password} {address:?} {:?}", self.email_verified_at)
            }
        }
    }

    /// The fact that a session is over.
    pub fn tell(&self, ended: Ended) -> SessionEnded {
        SessionEnded {
            user_id: self.id,
            session_id: ended.session.id,
            device: ended.session.device,
            reason: ended.reason,
        }
    }
}
