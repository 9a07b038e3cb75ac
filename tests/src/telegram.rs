//! Telegram, as far as a Mini App sees it: init data, signed with a bot's token.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

/// A user of Telegram.
#[derive(Debug, Clone)]
pub struct TelegramUser {
    /// Telegram's number of them.
    pub id: u64,
    /// What Telegram says of them.
    pub json: Value,
}

impl TelegramUser {
    /// A new user.
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let millis = u64::try_from(Timestamp::now().as_millisecond()).expect("after 1970");
        let id = millis * 1_000 + COUNT.fetch_add(1, Ordering::Relaxed);
        let json = json!({
            "id": id, "first_name": "Ann", "last_name": "Winter", "username": "ann_winter", "language_code": "en",
            "allows_write_to_pm": true,
        });
        Self { id, json }
    }
}

impl Default for TelegramUser {
    fn default() -> Self {
        Self::new()
    }
}

/// What Telegram tells a Mini App when it opens. Tests change it before it is signed, or after.
#[derive(Debug, Clone)]
pub struct MiniApp(BTreeMap<String, String>);

impl MiniApp {
    /// A user opens the app now.
    pub fn opened_by(user: &TelegramUser) -> Self {
        let fields = [
            ("auth_date", Timestamp::now().as_second().to_string()),
            ("query_id", "AAHdF6IQAAAAAN0XohDhrOrc".to_owned()),
            ("signature", "c2lnbmVkIGZvciBvdGhlcnM".to_owned()),
            ("user", user.json.to_string()),
        ];
        Self(fields.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// The same, so many seconds ago.
    #[must_use]
    pub fn seconds_ago(mut self, seconds: i64) -> Self {
        self.0.insert("auth_date".to_owned(), (Timestamp::now().as_second() - seconds).to_string());
        self
    }

    /// The same without a field.
    #[must_use]
    pub fn without(mut self, field: &str) -> Self {
        self.0.remove(field);
        self
    }

    /// The init data, as the bot with this token gets it.
    pub fn init_data(&self, bot_token: &str) -> String {
        let check: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let secret = mac(b"WebAppData", bot_token.as_bytes());
        let hash = types::hex(&mac(&secret, check.join("\n").as_bytes()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).append_pair("hash", &hash).finish()
    }
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
