//! E-mail through SES.

use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::operation::send_email::{SendEmailError, SendEmailOutput};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use contracts::notifications::Category;
use jiff::Timestamp;
use kit::limits::{Limit, NotAllowed, Subject};
use kit::sdk;
use types::{EmailAddress, PersonName, UserId};

use super::{ChannelError, Outcome, Pace, Report};
use crate::ctx::Sender;
use crate::domain::contact::{Contact, MailKind, NoAddress};
use crate::domain::content::Link;
use crate::domain::delivery::{Delivery, Suppression};
use crate::domain::limits::{
    GUEST_MAIL, ORDINARY_MAIL, REQUESTED_MAIL, SECURITY_MAIL, SIGN_IN_MAIL, UNDO_MAIL, UNVERIFIED_MAIL,
};
use crate::domain::localization::Locale;
use crate::domain::mailbox::mailbox_id;
use crate::store::Due;
use crate::templates::{self, Links, Mail, Reader};

/// Sends e-mails from one address.
#[derive(Debug)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    from: String,
    configuration_set: Option<String>,
    pace: Pace,
}

impl Mailer {
    /// Creates a mailer that sends from `from`, an address that SES has verified. The configuration set publishes bounces
    /// and complaints; without one they are lost. The client must not retry: a repeated request is a second e-mail.
    pub fn new(
        client: aws_sdk_sesv2::Client,
        from: impl Into<String>,
        configuration_set: Option<String>,
        pace: Pace,
    ) -> Self {
        Self { client, from: from.into(), configuration_set, pace }
    }
}

pub(super) async fn send(sender: &Sender, due: &Due) -> Result<Report, ChannelError> {
    let (delivery, now) = (&due.delivery.value, sender.clock.now());
    if let (Some(address), Some(_)) = (&delivery.to, delivery.guest) {
        let suppression = sender.store.mailbox_suppression(delivery.user_id).await?;
        if suppression.is_some_and(|suppression| suppression.value.is_in_force(now)) {
            return Ok(Outcome::Suppressed(Suppression::AddressUndeliverable).into());
        }
        return send_to(sender, due, address, None, GUEST_MAIL).await;
    }
    if let Some(address) = &delivery.to {
        let own = due.contact.as_ref().filter(|contact| contact.email() == Some(address));
        let kind = kind(delivery);
        if own.is_some_and(|contact| contact.address(kind, now) == Err(NoAddress::Undeliverable)) {
            return Ok(Outcome::Suppressed(Suppression::AddressUndeliverable).into());
        }
        return send_to(sender, due, address, None, limit_of_stated(delivery.content.link())).await;
    }
    let Some(contact) = &due.contact else {
        // The event that brings the user's address has not arrived yet.
        return Ok(Outcome::Missed("the user's address is not known yet".to_owned()).into());
    };
    let kind = kind(delivery);
    let address = match contact.address(kind, now) {
        Ok(address) => address,
        Err(NoAddress::Missing) => return Ok(Outcome::Suppressed(Suppression::NoAddress).into()),
        Err(NoAddress::Unproven) => return Ok(Outcome::Suppressed(Suppression::AddressUnproven).into()),
        Err(NoAddress::Undeliverable) => return Ok(Outcome::Suppressed(Suppression::AddressUndeliverable).into()),
    };
    if delivery.content.asks_for_proof() && contact.proven_since(delivery.caused_at) {
        return Ok(Outcome::Suppressed(Suppression::Pointless).into());
    }
    send_to(sender, due, address, contact.name_in_mail(), limit(kind, contact)).await
}

/// The limit of e-mails to an address that the cause states.
fn limit_of_stated(link: &Link) -> Limit {
    match link {
        Link::SignIn { .. } => SIGN_IN_MAIL,
        Link::UndoEmailChange { .. } => UNDO_MAIL,
        _ => UNVERIFIED_MAIL,
    }
}

async fn send_to(
    sender: &Sender,
    due: &Due,
    address: &EmailAddress,
    name: Option<&PersonName>,
    limit: Limit,
) -> Result<Report, ChannelError> {
    let (delivery, now) = (&due.delivery.value, sender.clock.now());
    let unsubscribe = sender.unsubscribe_url(delivery.user_id, delivery.category);
    let button = sender.link(delivery.user_id, delivery.content.link());
    let locale = due.preferences.locale();
    let locale = Locale { language: delivery.guest.unwrap_or(locale.language), ..locale };
    let reader = Reader { locale, name: name.map(PersonName::as_str), is_guest: delivery.guest.is_some() };
    let links = Links { button: &button, app: &sender.app_url, unsubscribe: unsubscribe.as_deref() };
    let content = sender.with_code(delivery.user_id, &delivery.content);
    let mail = templates::mail(&content, reader, &sender.branding, links)?;
    let Some(wait) = sender.mailer.pace.turn(now) else {
        return Ok(Outcome::Deferred("the sending rate is reached".to_owned()).into());
    };
    if !delivery.is_counted && !count(sender, limit, address, now).await? {
        return Ok(Outcome::Suppressed(Suppression::LimitExceeded).into());
    }
    tokio::time::sleep(wait.unsigned_abs()).await;
    let outcome = sender.mailer.send(address, mail, delivery, unsubscribe.as_deref()).await;
    Ok(Report { is_counted: true, ..outcome.into() })
}

fn kind(delivery: &Delivery) -> MailKind {
    if delivery.content.is_requested_by_owner() {
        MailKind::Requested
    } else if delivery.category == Category::Security {
        MailKind::Security
    } else {
        MailKind::Ordinary
    }
}

fn limit(kind: MailKind, contact: &Contact) -> Limit {
    match kind {
        _ if !contact.is_proven() => UNVERIFIED_MAIL,
        MailKind::Requested => REQUESTED_MAIL,
        MailKind::Security => SECURITY_MAIL,
        MailKind::Ordinary => ORDINARY_MAIL,
    }
}

/// Counts an e-mail towards the limit of its mailbox; false if there is no room.
async fn count(sender: &Sender, limit: Limit, address: &EmailAddress, now: Timestamp) -> Result<bool, ChannelError> {
    let mailbox = mailbox_id(address).to_string();
    match limit.count(&sender.store.table, Subject::Source(&mailbox), now).await {
        Ok(_) => Ok(true),
        Err(NotAllowed::Exceeded(_)) => Ok(false),
        Err(NotAllowed::Store(error)) => Err(error.into()),
    }
}

impl Mailer {
    /// Sends an e-mail. If the response is lost, SES may have accepted it all the same.
    async fn send(&self, to: &EmailAddress, mail: Mail, about: &Delivery, unsubscribe: Option<&str>) -> Outcome {
        let request = message(mail, unsubscribe).and_then(|message| Ok((message, tags(about)?)));
        let (message, tags) = match request {
            Ok(request) => request,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .set_email_tags(Some(tags))
            .send()
            .await;
        outcome(sent)
    }
}

type Sent = Result<SendEmailOutput, aws_sdk_sesv2::error::SdkError<SendEmailError>>;

fn outcome(sent: Sent) -> Outcome {
    let Err(error) = sent else { return Outcome::Sent };
    let text = format!("SES: {}", sdk::told(&error));
    match error.as_service_error() {
        Some(error) => answered(error, text),
        None => Outcome::Missed(text),
    }
}

/// What SES's refusal means. Its message may quote addresses, so it is compared and not kept.
fn answered(error: &SendEmailError, text: String) -> Outcome {
    match error {
        SendEmailError::TooManyRequestsException(_)
        | SendEmailError::LimitExceededException(_)
        | SendEmailError::SendingPausedException(_)
        | SendEmailError::MailFromDomainNotVerifiedException(_) => Outcome::Deferred(text),
        // The sender's address, or in the sandbox the recipient's: someone still has to open the link of AWS's own e-mail.
        SendEmailError::MessageRejected(rejected)
            if rejected.message().is_some_and(|message| message.contains("not verified")) =>
        {
            Outcome::Deferred(format!("{text} (address not verified)"))
        }
        SendEmailError::BadRequestException(_) | SendEmailError::MessageRejected(_) => Outcome::Refused(text),
        error if is_throttling(error.code()) => Outcome::Deferred(text),
        _ => Outcome::Missed(text),
    }
}

/// True for the codes by which AWS's services throttle.
pub(super) fn is_throttling(code: Option<&str>) -> bool {
    code.is_some_and(|code| {
        ["Throttl", "TooManyRequests", "SlowDown", "RequestLimitExceeded"].iter().any(|start| code.starts_with(start))
    })
}

fn message(mail: Mail, unsubscribe: Option<&str>) -> Result<Message, aws_sdk_sesv2::error::BuildError> {
    let content = |text: String| Content::builder().charset("UTF-8").data(text).build();
    let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
    let mut message = Message::builder().subject(content(mail.subject)?).body(body);
    if let Some(url) = unsubscribe {
        // RFC 8058: mail programs POST to this URL; those without one-click support open it as a page (RFC 2369).
        let headers = [
            ("List-Unsubscribe", format!("<{url}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ];
        for (name, value) in headers {
            message = message.headers(MessageHeader::builder().name(name).value(value).build()?);
        }
    }
    Ok(message.build())
}

/// Tags that SES repeats in bounces and complaints, so that the user is found without the address.
fn tags(about: &Delivery) -> Result<Vec<MessageTag>, aws_sdk_sesv2::error::BuildError> {
    let values = [("user", about.user_id.to_string()), ("notification", about.notification_id.to_string())];
    values.into_iter().map(|(name, value)| MessageTag::builder().name(name).value(value).build()).collect()
}

impl Sender {
    /// Returns the URL that turns off e-mails of a category; `None` for categories that cannot be turned off.
    fn unsubscribe_url(&self, user_id: UserId, category: Category) -> Option<String> {
        if category == Category::Security {
            return None;
        }
        let token = crate::unsubscribe::sign(&self.link_key, user_id, category);
        Some(format!("{}/notifications/unsubscribe?token={token}", self.api_url))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::error::ErrorMetadata;
    use aws_sdk_sesv2::types::error as ses;

    use super::*;

    #[test]
    fn other_warnings_use_up_no_notice_with_an_undo_link() {
        let undo = limit_of_stated(&Link::UndoEmailChange { proof: types::Uuid::nil() });
        assert!([SECURITY_MAIL, SIGN_IN_MAIL, UNVERIFIED_MAIL].iter().all(|other| other.name() != undo.name()));
    }

    #[test]
    fn what_will_pass_is_no_refusal() {
        let rejected =
            |message: &str| SendEmailError::MessageRejected(ses::MessageRejected::builder().message(message).build());
        let answered = |error: SendEmailError| answered(&error, "SES".to_owned());
        let not_verified = "Email address is not verified. The following identities failed the check: ann@example.com";
        for temporary in [
            rejected(not_verified),
            SendEmailError::SendingPausedException(ses::SendingPausedException::builder().build()),
            SendEmailError::TooManyRequestsException(ses::TooManyRequestsException::builder().build()),
            SendEmailError::MailFromDomainNotVerifiedException(
                ses::MailFromDomainNotVerifiedException::builder().build(),
            ),
            SendEmailError::generic(ErrorMetadata::builder().code("ThrottlingException").build()),
        ] {
            let outcome = answered(temporary);
            assert!(matches!(&outcome, Outcome::Deferred(text) if !text.contains("example.com")), "{outcome:?}");
        }
        assert!(matches!(answered(rejected("Illegal header")), Outcome::Refused(_)));
        let unknown = SendEmailError::generic(ErrorMetadata::builder().code("InternalFailure").build());
        assert!(matches!(answered(unknown), Outcome::Missed(_)));
    }
}
