//! Push and text messages as they arrive, and the devices that push messages reach.

use serde::Deserialize;
use serde_json::{Value, json};
use types::Uuid;

use crate::{Cloud, User};

/// A push message, in the words of the device's push service.
#[derive(Debug, Clone, Deserialize)]
pub struct Push {
    /// `GCM` or `APNS`.
    pub platform: String,
    /// Its first line.
    pub title: String,
    /// Its text.
    pub body: String,
    /// What the app gets with it.
    pub data: Value,
}

impl Cloud {
    /// A push token that no device has.
    pub fn new_push_token(&self) -> String {
        format!("token-{}", Uuid::now_v7().simple())
    }

    /// A phone number that no other user has.
    pub fn new_phone_number(&self) -> String {
        format!("+49151{:09}", Uuid::now_v7().as_u128() % 1_000_000_000)
    }

    /// Has push messages to a user reach the Android device with this token; the device as the API shows it.
    pub async fn register_device(&self, user: &User, token: &str) -> Value {
        let body = json!({ "platform": "fcm", "token": token });
        self.post("/v1/notifications/devices").bearer(&user.access_token).json(&body).send().await.expect(201)
    }

    /// The push messages to a device, newest first.
    pub async fn pushes(&self, token: &str) -> Vec<Push> {
        let found = self.local("GET", &format!("push.json?token={token}")).send().await.expect(200);
        serde_json::from_value(found).expect("push messages")
    }

    /// The text messages to a number, newest first.
    pub async fn sms(&self, number: &str) -> Vec<String> {
        let found = self.local("GET", &format!("sms.json?to={}", number.replace('+', "%2B"))).send().await.expect(200);
        let texts = found.as_array().expect("messages").iter().filter_map(|message| message["text"].as_str());
        texts.map(str::to_owned).collect()
    }
}
