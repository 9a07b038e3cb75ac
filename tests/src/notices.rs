//! Notifications as another context asks for them, and what became of them.

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::notifications::{Category, Channel, Message, NotificationAdded, NotificationIds, NotificationRequested};
use contracts::{Actor, Envelope};
use serde_json::{Value, json};
use types::{EventId, UserId, Uuid};

use crate::{Cloud, User, eventually};

/// A notification that says `title`.
pub fn notification(
    recipients: &[UserId],
    category: Category,
    channels: Option<&[Channel]>,
    title: &str,
) -> Envelope<NotificationRequested> {
    let data = [("title", title), ("body", "The water is running again.")];
    let request = NotificationRequested {
        notification_id: Uuid::now_v7(),
        recipients: recipients.to_vec(),
        category,
        message: Message {
            template: "plain".to_owned(),
            data: data.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
            link: Some("/points/7".to_owned()),
        },
        channels: channels.map(<[Channel]>::to_vec),
    };
    let correlation_id = format!("notification-{}", request.notification_id);
    Envelope::new(EventId::generate(), jiff::Timestamp::now(), correlation_id, Actor::System, request)
}

/// A new inbox item with this title, as the context notifications publishes it to realtime.
pub fn inbox_item(user: &User, title: &str) -> Envelope<NotificationAdded> {
    let data = NotificationAdded {
        user_id: user.user_id(),
        notification_id: Uuid::now_v7(),
        category: Category::Activity,
        kind: "plain".to_owned(),
        data: NotificationIds::default(),
        title: title.to_owned(),
        body: "The plants were watered.".to_owned(),
        link: Some("/points/7".to_owned()),
    };
    let id = EventId::generate();
    Envelope::new(id, jiff::Timestamp::now(), format!("inbox-item-{id}"), Actor::System, data)
}

impl User {
    /// The account's id as contexts name it.
    pub fn user_id(&self) -> UserId {
        self.id.parse().expect("an id")
    }
}

impl Cloud {
    /// Registers a new user, who verifies the address.
    pub async fn sign_up_proven(&self) -> User {
        let user = self.sign_up().await;
        let mail = self.mail(&user.email).await;
        let link = mail.text.split("?token=").nth(1).expect("a link");
        let token: String =
            link.chars().take_while(|char| char.is_ascii_alphanumeric() || "-_".contains(*char)).collect();
        let proven =
            self.post("/v1/auth/verify-email").bearer(&user.access_token).json(&json!({ "token": token })).send().await;
        assert!(proven.status < 300, "{}", proven.body);
        // The sender of e-mails learns of it by an event.
        eventually("the proof", async || {
            let contact = self.notifications_item(&user, "contact").await?;
            matches!(contact.get("proven"), Some(AttributeValue::M(_))).then_some(())
        })
        .await;
        user
    }

    /// An item that notifications hold on a user.
    pub async fn notifications_item(
        &self,
        user: &User,
        sort_key: &str,
    ) -> Option<std::collections::HashMap<String, AttributeValue>> {
        let get = aws_sdk_dynamodb::Client::new(&self.sdk().await)
            .get_item()
            .table_name(self.table_name())
            .key("pk", AttributeValue::S(format!("notifications#user#{}", user.id)))
            .key("sk", AttributeValue::S(sort_key.to_owned()))
            .consistent_read(true);
        get.send().await.expect("the table").item
    }

    /// Waits until a delivery is in one of these states, and gives its status.
    pub async fn delivery(&self, user: &User, notification: Uuid, channel: Channel, states: &[&str]) -> Value {
        eventually(&format!("a delivery that is {states:?}"), async || {
            let item = self.notifications_item(user, &format!("delivery#{notification}#{}", channel.as_str())).await?;
            let Some(AttributeValue::M(fields)) = item.get("status") else { return None };
            let texts: serde_json::Map<String, Value> =
                fields.iter().filter_map(|(name, value)| Some((name.clone(), json!(value.as_s().ok()?)))).collect();
            let state = texts["state"].as_str()?;
            states.contains(&state).then_some(Value::Object(texts.clone()))
        })
        .await
    }
}
