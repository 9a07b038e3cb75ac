//! E-mail through SES.

use aws_sdk_sesv2::operation::send_email::{SendEmailError, SendEmailOutput};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use contracts::notifications::Category;
use kit::sdk;
use types::{EmailAddress, PersonName, UserId};

use super::{ChannelError, Outcome, Report};
use crate::ctx::Sender;
use crate::domain::contact::NoAddress;
use crate::domain::delivery::{Delivery, Suppression};
use crate::store::Due;
use crate::templates::{self, Links, Mail, Reader};

/// Sends e-mails from one address.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    from: String,
    configuration_set: Option<String>,
}

impl Mailer {
    /// Creates a mailer that sends from `from`, an address that SES has verified. The configuration set publishes bounces
    /// and complaints; without one they are lost.
    pub fn new(client: aws_sdk_sesv2::Client, from: impl Into<String>, configuration_set: Option<String>) -> Self {
        Self { client, from: from.into(), configuration_set }
    }
}

pub(super) async fn send(sender: &Sender, due: &Due) -> Result<Report, ChannelError> {
    let delivery = &due.delivery.value;
    let Some(contact) = &due.contact else {
        // The event that brings the user's address has not arrived yet.
        return Ok(Outcome::Missed("the user's address is not known yet".to_owned()).into());
    };
    let address = match contact.address(delivery.content.is_for_an_unproven_address()) {
        Ok(address) => address,
        Err(NoAddress::Missing) => return Ok(Outcome::Suppressed(Suppression::NoAddress).into()),
        Err(NoAddress::Unproven) => return Ok(Outcome::Suppressed(Suppression::AddressUnproven).into()),
        Err(NoAddress::Undeliverable) => return Ok(Outcome::Suppressed(Suppression::AddressUndeliverable).into()),
    };
    if delivery.content.asks_for_proof() && contact.proven_since(delivery.caused_at) {
        return Ok(Outcome::Suppressed(Suppression::Pointless).into());
    }
    let unsubscribe = sender.unsubscribe_url(delivery.user_id, delivery.category);
    let button = sender.link(delivery.user_id, delivery.content.link());
    let reader = Reader { locale: due.preferences.locale(), name: contact.name().map(PersonName::as_str) };
    let links = Links { button: &button, app: &sender.app_url, unsubscribe: unsubscribe.as_deref() };
    let mail = templates::mail(&delivery.content, reader, &sender.branding, links)?;
    Ok(sender.mailer.send(address, mail, delivery, unsubscribe.as_deref()).await.into())
}

impl Mailer {
    /// Sends a mail. If the response is lost, SES may have accepted it all the same.
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
    let text = sdk::told(&error);
    match error.as_service_error() {
        // Not retryable.
        Some(SendEmailError::BadRequestException(_) | SendEmailError::MessageRejected(_)) => {
            Outcome::Refused(format!("SES: {text}"))
        }
        _ => Outcome::Missed(format!("SES: {text}")),
    }
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
