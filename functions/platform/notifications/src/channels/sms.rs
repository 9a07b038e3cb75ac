//! Text messages through SNS.

use aws_sdk_sns::error::ProvideErrorMetadata;
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use kit::sdk;

use super::email::is_throttling;
use super::{ChannelError, Outcome, Report};
use crate::ctx::Sender;
use crate::domain::delivery::Suppression;
use crate::store::Due;
use crate::templates;

/// The longest text, in characters: SNS cuts it into parts and takes the price of each.
const MAX_TEXT_CHARS: usize = 480;

pub(super) async fn send(sender: &Sender, due: &Due) -> Result<Report, ChannelError> {
    let delivery = &due.delivery.value;
    let Some(number) = sender.store.phone_for(delivery).await? else {
        return Ok(Outcome::Suppressed(Suppression::NoAddress).into());
    };
    if !sender.texts.countries.allow(&number) {
        return Ok(Outcome::Suppressed(Suppression::CountryNotAllowed).into());
    }
    let count =
        sender.store.count_text_message(delivery.user_id, &number, sender.texts.max_per_day, sender.clock.now());
    if let Err(exceeded) = count.await? {
        tracing::warn!(limit = exceeded.limit.name(), "a text message is not sent: a limit is reached");
        return Ok(Outcome::Suppressed(Suppression::LimitExceeded).into());
    }
    let content = sender.with_code(delivery.user_id, &delivery.content);
    let text: String =
        templates::brief(&content, due.preferences.locale())?.text.chars().take(MAX_TEXT_CHARS).collect();
    let publish = sender.sns.publish().phone_number(number.as_str()).message(text);
    // Transactional messages go out at once and reach those who block advertising.
    let kind = MessageAttributeValue::builder().data_type("String").string_value("Transactional").build();
    let sent = match kind {
        Ok(kind) => publish.message_attributes("AWS.SNS.SMS.SMSType", kind).send().await,
        Err(error) => return Ok(Outcome::Refused(error.to_string()).into()),
    };
    let Err(error) = sent else { return Ok(Outcome::Sent.into()) };
    let text = format!("SNS: {}", sdk::told(&error));
    Ok(match error.as_service_error() {
        Some(PublishError::InvalidParameterException(_) | PublishError::InvalidParameterValueException(_)) => {
            Outcome::Refused(text).into()
        }
        Some(error) if is_throttling(error.code()) => Outcome::Deferred(text).into(),
        _ => Outcome::Missed(text).into(),
    })
}
