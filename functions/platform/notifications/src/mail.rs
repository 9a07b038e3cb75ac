//! E-mail through SES.

use aws_sdk_sesv2::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use kit::sqs::Failure;
use types::EmailAddress;

use crate::templates::Rendered;

/// Sends mail from one address.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: aws_sdk_sesv2::Client,
    from: String,
}

impl Mailer {
    /// A mailer that sends from `from`, which SES has verified.
    pub fn new(client: aws_sdk_sesv2::Client, from: impl Into<String>) -> Self {
        Self { client, from: from.into() }
    }

    /// Sends a mail. SES may have taken it even where the answer was lost.
    pub async fn send(&self, to: &EmailAddress, mail: Rendered) -> Result<(), Failure> {
        let content = EmailContent::builder().simple(message(mail)?).build();
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(content)
            .send()
            .await;
        sent.map(drop).map_err(|error| {
            let for_ever = error.as_service_error().is_some_and(is_final);
            // SES quotes addresses in its messages; the code says enough.
            let text = error.code().map_or_else(|| DisplayErrorContext(&error).to_string(), str::to_owned);
            if for_ever {
                Failure::Poison(format!("SES refused the mail: {text}"))
            } else {
                Failure::Retry(format!("SES: {text}"))
            }
        })
    }
}

/// True for refusals that another try cannot change.
fn is_final(error: &SendEmailError) -> bool {
    matches!(error, SendEmailError::BadRequestException(_) | SendEmailError::MessageRejected(_))
}

fn message(mail: Rendered) -> Result<Message, Failure> {
    let broken = |error: aws_sdk_sesv2::error::BuildError| Failure::Poison(error.to_string());
    let content = |text: String| Content::builder().charset("UTF-8").data(text).build().map_err(broken);
    let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
    Ok(Message::builder().subject(content(mail.subject)?).body(body).build())
}
