//! The effects of each event on its users: facts about them, and the notification that they get.

use std::collections::BTreeSet;

use contracts::identity::{
    AccountReclaimed, ApiKeyCreated, ApiKeyDeleted, EmailChangeRequested, EmailChanged, EmailCodeRequested,
    EmailVerified, MfaDisabled, MfaEnabled, MfaRemovalCancelled, MfaRemovalScheduled, MfaRemoved, PasswordChanged,
    PasswordResetRequested, ProfileChanged, RecoveryCodesReplaced, SessionEndReason, SessionEnded, TelegramLinked,
    TelegramUnlinked, UserRegistered, VerificationRequested,
};
use contracts::notifications::{Category, Channel, MAX_RECIPIENTS, MailRequested, NotificationRequested};
use contracts::{DomainEvent, Envelope, WrongEvent};
use jiff::Timestamp;
use serde_json::Value;
use types::{EmailAddress, PersonName, SessionId, UserId, Uuid, derive_id};

use super::contact::Facts;
use super::content::{Content, Link};
use super::language::Language;
use super::mailbox::{OF_ORDERS, guest};
use super::plan::Notification;

/// What an event changes for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The user.
    pub user_id: UserId,
    /// Facts about the user, which contacts keep.
    pub facts: Facts,
    /// The notification that the user gets.
    pub notification: Option<Notification>,
    /// A session whose device push messages must not reach any more.
    pub signed_out: Option<SessionId>,
    /// The user took over the account: devices and phone numbers from before belong to another person.
    pub reclaimed: bool,
    /// When the event's fact became true.
    pub at: Timestamp,
}

/// Returns the effects of an event, one for each user whom it concerns.
pub fn effects(event: Envelope<Value>) -> Result<Vec<Effect>, WrongEvent> {
    if event.is::<NotificationRequested>() {
        return requested(event.decode()?);
    }
    if event.is::<MailRequested>() {
        return Ok(vec![mail_requested(event.decode()?)?]);
    }
    if event.is::<EmailChangeRequested>() {
        return change_requested(event);
    }
    let heard = match of_security(&event)? {
        Some(heard) => heard,
        None => of_account(event)?,
    };
    Ok(vec![heard])
}

/// What changes of second factors and API keys mean: a warning for the owner of the account. None if the event is another.
fn of_security(event: &Envelope<Value>) -> Result<Option<Effect>, WrongEvent> {
    let event = event.clone();
    let (heading, content) = if event.is::<RecoveryCodesReplaced>() {
        let (heading, _) = begin::<RecoveryCodesReplaced>(event, |codes| codes.user_id)?;
        let notice = heading.warning("recovery_codes_replaced", SECURITY_PAGE);
        (heading, notice)
    } else if event.is::<MfaRemovalScheduled>() {
        let (heading, removal) = begin::<MfaRemovalScheduled>(event, |removal| removal.user_id)?;
        let link = Link::CancelMfaRemoval { proof: removal.removal_id };
        let content = Content::template("mfa_removal_scheduled", link)
            .with("takes_effect_at", &removal.takes_effect_at.to_string())
            .with("removal_id", &removal.removal_id.to_string());
        (heading, Notice { content, channels: everywhere(), session: None, to: None })
    } else if event.is::<MfaRemovalCancelled>() {
        let (heading, _) = begin::<MfaRemovalCancelled>(event, |removal| removal.user_id)?;
        let notice = heading.warning("mfa_removal_cancelled", SECURITY_PAGE);
        (heading, notice)
    } else if event.is::<MfaRemoved>() {
        let (heading, _) = begin::<MfaRemoved>(event, |removal| removal.user_id)?;
        let notice = heading.warning("mfa_removed", SECURITY_PAGE);
        (heading, notice)
    } else if event.is::<ApiKeyCreated>() {
        let (heading, key) = begin::<ApiKeyCreated>(event, |key| key.user_id)?;
        let notice = heading.warning("api_key_created", SECURITY_PAGE).about_key(&key.name, &key.api_key_id);
        (heading, notice)
    } else if event.is::<ApiKeyDeleted>() {
        let (heading, key) = begin::<ApiKeyDeleted>(event, |key| key.user_id)?;
        let notice = heading.warning("api_key_deleted", SECURITY_PAGE).about_key(&key.name, &key.api_key_id);
        (heading, notice)
    } else {
        return Ok(None);
    };
    Ok(Some(heading.notifying(Some(content))))
}

/// Two e-mails, neither of which goes to an address that the account gets to keep: each names its own.
fn change_requested(event: Envelope<Value>) -> Result<Vec<Effect>, WrongEvent> {
    let (heading, change) = begin::<EmailChangeRequested>(event, |user| user.user_id)?;
    let Heading(id, heard) = &heading;
    let undo = change.current_email.zip(change.undo_id).map(|(email, proof)| {
        let content = Content::template("email_change_requested", Link::UndoEmailChange { proof });
        let notice = Notice {
            content: content.with("at", &heard.at.to_string()),
            channels: [Channel::Email].into(),
            session: None,
            to: Some(email),
        };
        let id = derive_id(&["undo_email_change", &id.to_string()]);
        Heading(id, heard.clone()).notifying(Some(notice))
    });
    let confirm = mail("confirm_new_email", Link::ConfirmNewEmail { proof: change.confirmation_id });
    let confirm = heading.notifying(Some(Notice { to: Some(change.email), ..confirm }));
    Ok(std::iter::once(confirm).chain(undo).collect())
}

fn of_account(event: Envelope<Value>) -> Result<Effect, WrongEvent> {
    if event.is::<UserRegistered>() {
        let (heard, user) = begin::<UserRegistered>(event, |user| user.user_id)?;
        let facts = Facts { name: Some(user.name), email: user.email, ..Facts::default() };
        // Who signs in through another service has nothing to prove.
        let proof = user.verification_id.map(|proof| mail("verify_email", Link::VerifyEmail { proof }));
        Ok(heard.telling(facts).notifying(proof))
    } else if event.is::<VerificationRequested>() {
        let (heard, user) = begin::<VerificationRequested>(event, |user| user.user_id)?;
        let facts = Facts { name: Some(user.name), email: Some(user.email), ..Facts::default() };
        let proof = user.verification_id;
        Ok(heard.telling(facts).notifying(Some(mail("verify_email", Link::VerifyEmail { proof }))))
    } else if event.is::<PasswordResetRequested>() {
        let (heard, user) = begin::<PasswordResetRequested>(event, |user| user.user_id)?;
        let stated = user.address_verified.then(|| user.email.clone());
        let facts = Facts { name: Some(user.name), email: Some(user.email), stated, ..Facts::default() };
        let proof = user.reset_id;
        Ok(heard.telling(facts).notifying(Some(mail("reset_password", Link::ResetPassword { proof }))))
    } else if event.is::<PasswordChanged>() {
        let (heard, user) = begin::<PasswordChanged>(event, |user| user.user_id)?;
        let stated = user.email.clone().filter(|_| user.address_verified);
        let facts = Facts { name: Some(user.name), email: user.email, stated, ..Facts::default() };
        let notice = heard.warning("password_changed", "/forgot-password");
        Ok(heard.telling(facts).notifying(Some(notice)))
    } else if event.is::<MfaEnabled>() {
        let (heard, _) = begin::<MfaEnabled>(event, |user| user.user_id)?;
        let notice = heard.warning("mfa_enabled", SECURITY_PAGE);
        Ok(heard.notifying(Some(notice)))
    } else if event.is::<MfaDisabled>() {
        let (heard, _) = begin::<MfaDisabled>(event, |user| user.user_id)?;
        let notice = heard.warning("mfa_disabled", SECURITY_PAGE);
        Ok(heard.notifying(Some(notice)))
    } else if event.is::<TelegramLinked>() {
        let (heard, _) = begin::<TelegramLinked>(event, |user| user.user_id)?;
        let notice = heard.warning("telegram_linked", SECURITY_PAGE);
        Ok(heard.notifying(Some(notice)))
    } else if event.is::<TelegramUnlinked>() {
        let (heard, _) = begin::<TelegramUnlinked>(event, |user| user.user_id)?;
        let notice = heard.warning("telegram_unlinked", SECURITY_PAGE);
        Ok(heard.notifying(Some(notice)))
    } else if event.is::<AccountReclaimed>() {
        let (heard, _) = begin::<AccountReclaimed>(event, |user| user.user_id)?;
        // The registrant chose the name.
        let facts = Facts { name: Some(PersonName::unnamed()), ..Facts::default() };
        Ok(Effect { reclaimed: true, ..heard.telling(facts).notifying(None) })
    } else if event.is::<EmailCodeRequested>() {
        let (heard, request) = begin::<EmailCodeRequested>(event, |request| request.user_id)?;
        // The caller may name any address, so nothing is stored about its owner.
        let code = mail("sign_in_code", Link::SignIn { proof: request.request_id });
        Ok(heard.notifying(Some(Notice { to: Some(request.email), ..code })))
    } else if event.is::<EmailChanged>() {
        let (heard, user) = begin::<EmailChanged>(event, |user| user.user_id)?;
        let notice = heard.warning("email_changed", "/account/security");
        Ok(heard.telling(Facts { proven: Some(user.email), ..Facts::default() }).notifying(Some(notice)))
    } else if event.is::<EmailVerified>() {
        let (heard, user) = begin::<EmailVerified>(event, |user| user.user_id)?;
        Ok(heard.telling(Facts { proven: Some(user.email), ..Facts::default() }).notifying(None))
    } else if event.is::<ProfileChanged>() {
        let (heard, user) = begin::<ProfileChanged>(event, |user| user.user_id)?;
        Ok(heard.telling(Facts { name: Some(user.name), ..Facts::default() }).notifying(None))
    } else {
        let (heard, session) = begin::<SessionEnded>(event, |session| session.user_id)?;
        Ok(heard.signing_out(&session))
    }
}

/// What an event says in any case, and its data.
fn begin<T: DomainEvent>(event: Envelope<Value>, user: impl Fn(&T) -> UserId) -> Result<(Heading, T), WrongEvent> {
    let event = event.decode::<T>()?;
    let heading = Heading(
        event.id.uuid(),
        Effect {
            user_id: user(&event.data),
            facts: Facts::default(),
            notification: None,
            signed_out: None,
            reclaimed: false,
            at: event.occurred_at,
        },
    );
    Ok((heading, event.data))
}

/// An effect under construction, with the event's id, which the notification gets too.
struct Heading(Uuid, Effect);

/// What is said, and where.
struct Notice {
    content: Content,
    channels: BTreeSet<Channel>,
    session: Option<SessionId>,
    to: Option<EmailAddress>,
}

impl Notice {
    fn about_key(self, name: &str, id: &types::ApiKeyId) -> Self {
        let content = self.content.with("key", name).with("api_key_id", &id.to_string());
        Self { content, ..self }
    }
}

/// The page of the app that shows sessions, password and two-step verification.
const SECURITY_PAGE: &str = "/account/security";

/// Every channel that reaches the owner of an account.
fn everywhere() -> BTreeSet<Channel> {
    [Channel::InApp, Channel::Email, Channel::Push].into()
}

fn mail(template: &str, link: Link) -> Notice {
    Notice { content: Content::template(template, link), channels: [Channel::Email].into(), session: None, to: None }
}

impl Heading {
    /// A notice on every channel of the account's owner, about an action that may not have been theirs.
    fn warning(&self, template: &str, page: &str) -> Notice {
        let link = Link::Page { path: page.to_owned() };
        let content = Content::template(template, link).with("at", &self.1.at.to_string());
        Notice { content, channels: everywhere(), session: None, to: None }
    }

    fn telling(self, facts: Facts) -> Self {
        Self(self.0, Effect { facts, ..self.1 })
    }

    fn notifying(self, notice: Option<Notice>) -> Effect {
        let Self(id, heard) = self;
        let notification = notice.map(|notice| Notification {
            id,
            category: Category::Security,
            content: notice.content,
            channels: Some(notice.channels),
            session: notice.session,
            to: notice.to,
            guest: None,
            caused_at: heard.at,
        });
        Effect { notification, ..heard }
    }

    fn signing_out(self, session: &SessionEnded) -> Effect {
        let name = match session.reason {
            // The user did it on that device, or the account is gone: no notification.
            SessionEndReason::Logout | SessionEndReason::Deleted => {
                let Self(_, heard) = self;
                return Effect { signed_out: Some(session.session_id), ..heard };
            }
            SessionEndReason::Replay => {
                let notice = self.warning("session_replayed", SECURITY_PAGE);
                let content = notice
                    .content
                    .with("device", &session.device.name)
                    .with("session_id", &session.session_id.to_string());
                return self.notifying(Some(Notice { content, ..notice }));
            }
            SessionEndReason::DeviceLimit => "device_limit",
            SessionEndReason::Revoked => "revoked",
            // The text is the same: the password was changed.
            SessionEndReason::PasswordReset | SessionEndReason::PasswordChanged => "password_reset",
            SessionEndReason::Suspended => "suspended",
            SessionEndReason::MfaRemoved => "mfa_removed",
        };
        let content =
            Content::template("session_ended", Link::App).with("device", &session.device.name).with("reason", name);
        let channels = [Channel::Push].into();
        self.notifying(Some(Notice { content, channels, session: Some(session.session_id), to: None }))
    }
}

fn requested(event: Envelope<NotificationRequested>) -> Result<Vec<Effect>, WrongEvent> {
    let NotificationRequested { notification_id, recipients, category, message, channels } = event.data;
    if recipients.is_empty() || recipients.len() > MAX_RECIPIENTS {
        return Err(WrongEvent(format!("{} recipients, where 1 to {MAX_RECIPIENTS} may be", recipients.len())));
    }
    let channels: Option<BTreeSet<Channel>> = channels.map(|channels| channels.into_iter().collect());
    let everybody: BTreeSet<UserId> = recipients.into_iter().collect();
    let heard = everybody.into_iter().map(|user_id| Effect {
        user_id,
        facts: Facts::default(),
        notification: Some(Notification {
            id: notification_id,
            category,
            content: Content::from(message.clone()),
            channels: channels.clone(),
            session: None,
            to: None,
            guest: None,
            caused_at: event.occurred_at,
        }),
        signed_out: None,
        reclaimed: false,
        at: event.occurred_at,
    });
    Ok(heard.collect())
}

/// An e-mail to an address without an account. The buyer may name any address, so nothing is stored about its owner, and no
/// other templates can be sent.
fn mail_requested(event: Envelope<MailRequested>) -> Result<Effect, WrongEvent> {
    let MailRequested { notification_id, email, language, message } = event.data;
    if !OF_ORDERS.contains(&message.template.as_str()) {
        return Err(WrongEvent(format!("the template {} is not for addresses without an account", message.template)));
    }
    let notification = Notification {
        id: notification_id,
        category: Category::Account,
        content: Content::from(message),
        channels: Some([Channel::Email].into()),
        session: None,
        guest: Some(Language::of_code(language.as_deref())),
        caused_at: event.occurred_at,
        to: Some(email.clone()),
    };
    Ok(Effect {
        user_id: guest(&email),
        facts: Facts::default(),
        notification: Some(notification),
        signed_out: None,
        reclaimed: false,
        at: event.occurred_at,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use contracts::Actor;
    use contracts::identity::Device;
    use types::EventId;

    use super::*;

    fn event<T: DomainEvent>(data: T) -> Envelope<Value> {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        Envelope::new(EventId::generate(), at, "test".to_owned(), Actor::System, data).erase().unwrap()
    }

    fn ended(reason: SessionEndReason) -> Effect {
        let device = Device { name: "phone".to_owned(), platform: "ios".to_owned() };
        let (user_id, session_id) = (UserId::generate(), SessionId::generate());
        effects(event(SessionEnded { user_id, session_id, device, reason })).unwrap().remove(0)
    }

    #[test]
    fn whoever_was_signed_out_by_others_hears_of_it_on_that_device_and_nobody_else() {
        use SessionEndReason::{DeviceLimit, MfaRemoved, PasswordChanged, PasswordReset, Revoked, Suspended};
        for reason in [DeviceLimit, MfaRemoved, Revoked, PasswordChanged, PasswordReset, Suspended] {
            let heard = ended(reason);
            let notification = heard.notification.unwrap();
            assert!(notification.session.is_some() && heard.signed_out.is_none(), "{reason:?}");
            assert_eq!(notification.channels, Some([Channel::Push].into()));
        }
        for reason in [SessionEndReason::Logout, SessionEndReason::Deleted] {
            let heard = ended(reason);
            assert!(heard.notification.is_none() && heard.signed_out.is_some(), "{reason:?}");
        }
        assert_eq!(
            ended(SessionEndReason::Replay).notification.unwrap().session,
            None,
            "the owner is warned everywhere"
        );
    }

    #[test]
    fn a_request_is_heard_once_per_person() {
        let ann = UserId::generate();
        let message = contracts::notifications::Message { template: "plain".into(), data: BTreeMap::new(), link: None };
        let request = |recipients| {
            let notification_id = Uuid::from_u128(1);
            let message = message.clone();
            event(NotificationRequested {
                notification_id,
                recipients,
                category: Category::Activity,
                message,
                channels: None,
            })
        };
        assert_eq!(effects(request(vec![ann, ann, UserId::generate()])).unwrap().len(), 2);
        assert!(effects(request(Vec::new())).is_err());
        assert!(effects(request((0..=MAX_RECIPIENTS).map(|_| UserId::generate()).collect())).is_err());
    }

    #[test]
    fn addresses_without_an_account_get_mails_about_orders_and_no_others() {
        let email = EmailAddress::parse("ann+shop@example.com").unwrap();
        let request = |template: &str| {
            let message = contracts::notifications::Message {
                template: template.to_owned(),
                data: BTreeMap::new(),
                link: Some("/orders/7".to_owned()),
            };
            let language = Some("de".to_owned());
            event(MailRequested { notification_id: Uuid::from_u128(1), email: email.clone(), language, message })
        };
        let effect = effects(request("order_placed")).unwrap().remove(0);
        assert_eq!((effect.user_id, &effect.facts), (guest(&email), &Facts::default()));
        let mail = effect.notification.unwrap();
        assert_eq!((mail.guest, mail.to), (Some(Language::De), Some(email.clone())));
        assert_eq!(mail.channels, Some([Channel::Email].into()));
        for template in ["plain", "sign_in_code", "donation_received", "no_such"] {
            let error = effects(request(template)).unwrap_err().to_string();
            assert!(!error.contains("example.com"), "{error}");
        }
    }

    #[test]
    fn both_addresses_of_a_change_hear_of_it_and_an_unverified_one_does_not() {
        let address = |text: &str| EmailAddress::parse(text).unwrap();
        let requested = |current: Option<EmailAddress>| {
            event(EmailChangeRequested {
                user_id: UserId::generate(),
                email: address("new@example.com"),
                confirmation_id: Uuid::from_u128(1),
                undo_id: current.as_ref().map(|_| Uuid::from_u128(2)),
                current_email: current,
            })
        };
        let heard = effects(requested(Some(address("old@example.com")))).unwrap();
        assert!(heard.iter().all(|one| one.facts == Facts::default()), "nothing is known of an address yet");
        let mails: Vec<_> = heard.into_iter().map(|one| one.notification.unwrap()).collect();
        assert_ne!(mails[0].id, mails[1].id);
        assert_eq!(mails[0].content.link(), &Link::ConfirmNewEmail { proof: Uuid::from_u128(1) });
        assert_eq!(mails[1].content.link(), &Link::UndoEmailChange { proof: Uuid::from_u128(2) });
        let to: Vec<_> = mails.iter().map(|mail| mail.to.as_ref().unwrap().as_str()).collect();
        assert_eq!(to, ["new@example.com", "old@example.com"]);
        assert_eq!(effects(requested(None)).unwrap().len(), 1);
    }

    #[test]
    fn nothing_is_learned_from_a_request_for_a_sign_in_code() {
        let email = EmailAddress::parse("ann@example.com").unwrap();
        let request_id = Uuid::from_u128(3);
        let code = EmailCodeRequested { user_id: UserId::generate(), email: email.clone(), request_id };
        let heard = effects(event(code)).unwrap().remove(0);
        assert_eq!(heard.facts, Facts::default());
        let mail = heard.notification.unwrap();
        assert_eq!(
            (mail.to, mail.content),
            (Some(email), Content::template("sign_in_code", Link::SignIn { proof: request_id }))
        );
    }

    #[test]
    fn nobody_is_asked_to_prove_what_they_did_not_give() {
        let name = types::PersonName::parse("Ann").unwrap();
        let registered = |verification_id| UserRegistered {
            user_id: UserId::generate(),
            email: None,
            name: name.clone(),
            verification_id,
        };
        assert_eq!(effects(event(registered(None))).unwrap()[0].notification, None);
        assert!(effects(event(registered(Some(Uuid::from_u128(1))))).unwrap()[0].notification.is_some());
        assert!(effects(event(contracts::identity::UserRestored { user_id: UserId::generate() })).is_err(), "not ours");
    }
}
