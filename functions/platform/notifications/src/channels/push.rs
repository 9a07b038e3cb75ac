//! Push messages through SNS, one to each device.

use aws_sdk_sns::error::ProvideErrorMetadata;
use aws_sdk_sns::operation::publish::PublishError;
use dynamo::Versioned;
use kit::sdk;
use serde_json::{Map, Value, json};

use super::email::is_throttling;
use super::{ChannelError, Outcome, Report};
use crate::ctx::Sender;
use crate::domain::delivery::{Delivery, Suppression};
use crate::domain::device::Device;
use crate::store::Due;
use crate::templates::{self, Brief};

/// The longest text, in characters: with its title and data it stays under the 4 KiB that both push services take.
const MAX_TEXT_CHARS: usize = 800;

/// What became of a try at one device.
enum Tried {
    Reached,
    /// Its app is gone, or the push service forgot it.
    Gone,
    Missed(String),
    Deferred(String),
    Refused(String),
}

pub(super) async fn send(sender: &Sender, due: &Due) -> Result<Report, ChannelError> {
    let delivery = &due.delivery.value;
    let brief = templates::brief(&delivery.content, due.preferences.locale())?;
    let payload = payload(delivery, &brief);
    let devices = sender.store.devices(delivery.user_id).await?;
    let meant = |device: &&Versioned<Device>| delivery.session.is_none_or(|session| device.value.session_id == session);
    let devices: Vec<_> = devices.iter().filter(meant).collect();
    let mut reached = delivery.reached.clone();
    let (mut missed, mut deferred, mut refused) = (None, None, None);
    // One after the other: a person has few, and each try may take a device away.
    for device in &devices {
        if reached.contains(&device.value.device_id) {
            continue;
        }
        match sender.push(&device.value, &payload).await {
            Tried::Reached => reached.push(device.value.device_id),
            Tried::Gone => sender.endpoints.take_out(&sender.store, device).await?,
            Tried::Missed(error) => missed = Some(error),
            Tried::Deferred(error) => deferred = Some(error),
            Tried::Refused(error) => refused = Some(error),
        }
    }
    if missed.is_none() && deferred.is_none() && delivery.session.is_some() {
        // The session is over: the device has heard so, and receives nothing more until a user signs in on it.
        for device in devices {
            sender.endpoints.take_out(&sender.store, device).await?;
        }
    }
    let outcome = match (missed, deferred, refused) {
        (Some(error), ..) => Outcome::Missed(error),
        (None, Some(error), _) => Outcome::Deferred(error),
        (None, None, Some(error)) if reached.is_empty() => Outcome::Refused(error),
        _ if reached.is_empty() => Outcome::Suppressed(Suppression::NoAddress),
        _ => Outcome::Sent,
    };
    Ok(Report { reached, ..outcome.into() })
}

impl Sender {
    async fn push(&self, device: &Device, payload: &str) -> Tried {
        let publish =
            self.sns.publish().target_arn(&device.endpoint_arn).message_structure("json").message(payload).send();
        let Err(error) = publish.await else { return Tried::Reached };
        let text = format!("SNS: {}", sdk::told(&error));
        match error.as_service_error() {
            Some(PublishError::EndpointDisabledException(_) | PublishError::NotFoundException(_)) => Tried::Gone,
            Some(error) if error.code() == Some("EndpointDisabled") || error.code() == Some("NotFound") => Tried::Gone,
            Some(PublishError::InvalidParameterException(_) | PublishError::InvalidParameterValueException(_)) => {
                Tried::Refused(text)
            }
            Some(error) if is_throttling(error.code()) => Tried::Deferred(text),
            _ => Tried::Missed(text),
        }
    }
}

/// The message in the words of both push services: SNS sends each device the one that it understands.
fn payload(delivery: &Delivery, brief: &Brief) -> String {
    let text: String = brief.text.chars().take(MAX_TEXT_CHARS).collect();
    let own = json!({
        "notificationId": delivery.notification_id,
        "category": delivery.category,
        "kind": delivery.content.kind(),
        "link": delivery.content.link().path(),
    });
    let ids = serde_json::to_value(delivery.content.ids()).unwrap_or_default();
    let data: Map<_, _> = [ids, own].iter().filter_map(Value::as_object).flatten().map(owned).collect();
    let apns = json!({ "aps": { "alert": { "title": brief.title, "body": text }, "sound": "default" }, "data": data });
    // Firebase takes texts only as values of `data`.
    let texts: Map<_, _> = data.iter().filter(|(_, value)| value.is_string()).map(owned).collect();
    let fcm = json!({ "fcmV1Message": { "message": {
        "notification": { "title": brief.title, "body": text }, "data": texts, "android": { "priority": "high" },
    } } });
    json!({
        "default": text,
        "APNS": apns.to_string(),
        "APNS_SANDBOX": apns.to_string(),
        "GCM": fcm.to_string(),
    })
    .to_string()
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

#[cfg(test)]
mod tests {
    use contracts::notifications::{Category, Channel};
    use jiff::Timestamp;
    use types::{UserId, Uuid};

    use super::*;
    use crate::domain::content::Content;
    use crate::domain::delivery::Status;

    #[test]
    fn a_push_message_is_small_and_in_the_words_of_each_service() {
        let now = Timestamp::UNIX_EPOCH;
        let delivery = Delivery {
            user_id: UserId::generate(),
            notification_id: Uuid::from_u128(1),
            channel: Channel::Push,
            category: Category::Activity,
            content: Content::plain("t", "b").with("point_id", "p1").with("notification_id", "not the notification's"),
            session: None,
            to: None,
            guest: None,
            reached: Vec::new(),
            in_inbox: false,
            is_counted: false,
            deferred_since: None,
            status: Status::Sending { since: now },
            attempts: 1,
            caused_at: now,
            created_at: now,
        };
        let brief = Brief { title: "é".repeat(120), text: "é".repeat(5_000) };
        let sent: Value = serde_json::from_str(&payload(&delivery, &brief)).unwrap();
        for service in ["APNS", "APNS_SANDBOX", "GCM"] {
            let text = sent[service].as_str().unwrap();
            assert!(text.len() < 4_096, "{service} takes {} bytes", text.len());
        }
        let apns: Value = serde_json::from_str(sent["APNS"].as_str().unwrap()).unwrap();
        assert_eq!(apns["data"]["notificationId"], delivery.notification_id.to_string());
        assert_eq!((&apns["data"]["kind"], &apns["data"]["pointId"]), (&json!("plain"), &json!("p1")));
        let fcm: Value = serde_json::from_str(sent["GCM"].as_str().unwrap()).unwrap();
        assert!(fcm["fcmV1Message"]["message"]["data"].as_object().unwrap().values().all(Value::is_string));
    }
}
