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

/// Sends mail from one address.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    from: String,
    configuration_set: Option<String>,
}

impl Mailer {
    /// A mailer that sends from `from`, which SES has verified. Bounces and complaints are told as the configuration set
    /// says; without one, nobody hears of them.
    pub fn new(client: aws_sdk_sesv2::Client, from: impl Into<String>, configuration_set: Option<String>) -> Self {
        Self { client, from: from.into(), configuration_set }
    }
}

pub(super) async fn send(sender: &Sender, due: &Due) -> Result<Report, ChannelError> {
    let delivery = &due.delivery.value;
    let Some(contact) = &due.contact else {
        // The event that tells of the account is on its way.
        return Ok(Outcome::Missed("nothing is known of the person yet".to_owned()).into());
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
    let unsubscribe = sender.unsubscribe_token(delivery.user_id, delivery.category);
    let page = unsubscribe.as_ref().map(|token| format!("{}/unsubscribe?token={token}", sender.app_url));
    let button = sender.link(delivery.user_id, delivery.content.link());
    let reader = Reader { language: due.preferences.language, name: contact.name().map(PersonName::as_str) };
    let links = Links { button: &button, app: &sender.app_url, unsubscribe: page.as_deref() };
    let mail = templates::mail(&delivery.content, reader, links)?;
    let one_click = unsubscribe.map(|token| format!("{}/notifications/unsubscribe?token={token}", sender.api_url));
    Ok(sender.mailer.send(address, mail, delivery, one_click.as_deref()).await.into())
}

impl Mailer {
    /// Sends a mail. SES may have taken it even where the answer was lost.
    async fn send(&self, to: &EmailAddress, mail: Mail, about: &Delivery, one_click: Option<&str>) -> Outcome {
        let request = message(mail, one_click).and_then(|message| Ok((message, tags(about)?)));
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
        // Another try cannot change these.
        Some(SendEmailError::BadRequestException(_) | SendEmailError::MessageRejected(_)) => {
            Outcome::Refused(format!("SES: {text}"))
        }
        _ => Outcome::Missed(format!("SES: {text}")),
    }
}

fn message(mail: Mail, one_click: Option<&str>) -> Result<Message, aws_sdk_sesv2::error::BuildError> {
    let content = |text: String| Content::builder().charset("UTF-8").data(text).build();
    let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
    let mut message = Message::builder().subject(content(mail.subject)?).body(body);
    if let Some(url) = one_click {
        // RFC 8058: the mailbox's own button, which posts to the address without asking.
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

/// What SES says of a mail that came back, so that whose it was is known without a look at the address.
fn tags(about: &Delivery) -> Result<Vec<MessageTag>, aws_sdk_sesv2::error::BuildError> {
    let values = [("user", about.user_id.to_string()), ("notification", about.notification_id.to_string())];
    values.into_iter().map(|(name, value)| MessageTag::builder().name(name).value(value).build()).collect()
}

impl Sender {
    /// Lets whoever has the mail turn its category off; none where that cannot be done.
    fn unsubscribe_token(&self, user_id: UserId, category: Category) -> Option<String> {
        (category != Category::Security).then(|| crate::unsubscribe::sign(&self.link_key, user_id, category))
    }
}
