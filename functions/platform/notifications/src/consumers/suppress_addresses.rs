//! On SES's feedback: stops e-mails to addresses that bounced for good, and all but security e-mails to addresses whose owner
//! complained.
//!
//! SES publishes feedback to a topic. The tags of the e-mail name its user. A temporary bounce (a full mailbox, a host that is
//! down) changes nothing: SES itself has tried for hours.

use contracts::notifications::Channel;
use dynamo::ConflictRetry;
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled, Message};
use serde::Deserialize;
use types::{EmailAddress, UserId, Uuid};

use crate::ctx::ConsumerContext;
use crate::domain::contact::Facts;
use crate::domain::delivery::{DeliveryId, Status};
use crate::domain::mailbox::guest;
use crate::store::{Plan, Planned};

/// What SES tells of a mail ("Amazon SES event records", in the SES developer guide). Of the record, this is all that is
/// asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFeedback {
    user_id: UserId,
    notification_id: Uuid,
    /// Why no more e-mail goes there; none if it may.
    verdict: Option<Verdict>,
    addresses: Vec<EmailAddress>,
    at: Timestamp,
}

/// What became of an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Bounced,
    Complained,
}

impl Verdict {
    const fn reason(self) -> &'static str {
        match self {
            Self::Bounced => "the e-mail bounced",
            Self::Complained => "its reader complained",
        }
    }

    fn facts(self, address: EmailAddress) -> Facts {
        match self {
            Self::Bounced => Facts { undeliverable: Some(address), ..Facts::default() },
            Self::Complained => Facts { complained: Some(address), ..Facts::default() },
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_type: String,
    mail: Sent,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
struct Sent {
    tags: Tags,
}

#[derive(Deserialize)]
struct Tags {
    user: Vec<UserId>,
    notification: Vec<Uuid>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    bounced_recipients: Vec<Recipient>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl Message for MailFeedback {
    fn read(body: &str) -> Result<Self, String> {
        // serde quotes what it read, which may be an address: the place is enough.
        let record: Record = serde_json::from_str(body).map_err(|error| {
            format!("SES's record cannot be read at line {}, column {}", error.line(), error.column())
        })?;
        let (verdict, recipients, at) = match (record.event_type.as_str(), record.bounce, record.complaint) {
            ("Bounce", Some(bounce), _) => {
                let verdict = (bounce.kind == "Permanent").then_some(Verdict::Bounced);
                (verdict, bounce.bounced_recipients, bounce.timestamp)
            }
            ("Complaint", _, Some(complaint)) => {
                (Some(Verdict::Complained), complaint.complained_recipients, complaint.timestamp)
            }
            (other, ..) => return Err(format!("SES's record is of the kind {other}, or lacks its part")),
        };
        // SES writes what the receiving host said, which may be no address at all.
        let addresses = recipients.iter().filter_map(|one| EmailAddress::parse(&one.email_address).ok()).collect();
        let user_id = record.mail.tags.user.first().copied().ok_or("the mail names no user")?;
        let notification_id = record.mail.tags.notification.first().copied().ok_or("the mail names no notification")?;
        Ok(Self { user_id, notification_id, verdict, addresses, at })
    }

    fn correlation_id(&self) -> String {
        self.notification_id.to_string()
    }
}

/// Handles one record.
pub async fn suppress_addresses(ctx: &'static ConsumerContext, feedback: MailFeedback) -> Handled {
    let Some(verdict) = feedback.verdict else { return Ok(Done::Ignored) };
    let contact = suppress(ctx, &feedback, verdict).await? || suppress_guest(ctx, &feedback).await?;
    let delivery = fail(ctx, &feedback, verdict).await?;
    Ok(if contact || delivery { Done::Applied } else { Done::Duplicate })
}

/// Notes that the address is of no use; true if that is news.
async fn suppress(ctx: &ConsumerContext, feedback: &MailFeedback, verdict: Verdict) -> Result<bool, Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let known = ctx.store.known(feedback.user_id).await?;
        // The e-mail went to an address that its cause stated, which may be no user's.
        let Some(before) = known.contact.as_ref().map(|known| known.value.clone()) else { return Ok(false) };
        let after = feedback
            .addresses
            .iter()
            .fold(before.clone(), |contact, address| contact.with_facts(verdict.facts(address.clone()), feedback.at));
        if known.forgotten || after == before {
            return Ok(false);
        }
        let plan = Plan { contact: Some(after), ..Plan::default() };
        match ctx.store.carry_out(feedback.user_id, &known, plan).await? {
            Planned::Done => return Ok(true),
            Planned::Forgotten => return Ok(false),
            Planned::Duplicate | Planned::Stale => retry.pause().await?,
        }
    }
}

/// Notes that the mailbox of a guest is of no use; true if that is news. Nothing is kept of other addresses without a user.
async fn suppress_guest(ctx: &ConsumerContext, feedback: &MailFeedback) -> Result<bool, Failure> {
    let is_of_recipient = feedback.addresses.iter().any(|address| guest(address) == feedback.user_id);
    if !is_of_recipient {
        return Ok(false);
    }
    Ok(ctx.store.suppress_mailbox(feedback.user_id, feedback.at).await?)
}

/// What was sent has failed after all; true if that is news.
async fn fail(ctx: &ConsumerContext, feedback: &MailFeedback, verdict: Verdict) -> Result<bool, Failure> {
    let id = DeliveryId { notification_id: feedback.notification_id, channel: Channel::Email };
    let Some(read) = ctx.store.delivery(feedback.user_id, id).await? else { return Ok(false) };
    if matches!(read.value.status, Status::Failed { .. }) {
        return Ok(false);
    }
    let failed = read.value.with(Status::Failed { at: feedback.at, reason: verdict.reason().to_owned() });
    match ctx.store.change_delivery(&read, failed).await? {
        Some(_) => Ok(true),
        // Its sender has not reported yet.
        None => Err(Failure::Retry("the delivery has just changed".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn record(kind: &str, part: &str, details: &Value) -> String {
        let tags = json!({ "user": [UserId::new(Uuid::from_u128(1))], "notification": [Uuid::from_u128(2)], "ses:source-ip": ["x"] });
        json!({ "eventType": kind, part: details, "mail": { "messageId": "m", "tags": tags } }).to_string()
    }

    fn bounce(kind: &str) -> String {
        let details = json!({
            "bounceType": kind, "bouncedRecipients": [{ "emailAddress": "ann@example.com", "status": "5.1.1" }],
            "timestamp": "2026-01-10T12:00:00.123Z",
        });
        record("Bounce", "bounce", &details)
    }

    #[test]
    fn only_what_will_never_arrive_counts_against_an_address() {
        let permanent = MailFeedback::read(&bounce("Permanent")).unwrap();
        assert!(permanent.verdict.is_some() && permanent.addresses.len() == 1);
        assert_eq!(MailFeedback::read(&bounce("Transient")).unwrap().verdict, None);
        let details =
            json!({ "complainedRecipients": [{ "emailAddress": "no address" }], "timestamp": "2026-01-10T12:00:00Z" });
        let complaint = MailFeedback::read(&record("Complaint", "complaint", &details)).unwrap();
        assert!(complaint.verdict.is_some() && complaint.addresses.is_empty());
    }

    #[test]
    fn what_is_no_record_is_refused_without_quoting_it() {
        let missing = bounce("Permanent").replace("tags", "ann@example.com");
        for bad in ["", "{}", &missing, &record("Delivery", "delivery", &json!({}))] {
            let error = MailFeedback::read(bad).unwrap_err();
            assert!(!error.contains("example.com"), "{error}");
        }
    }
}
