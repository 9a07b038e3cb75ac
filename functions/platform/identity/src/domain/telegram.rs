//! Proof that the caller is a Telegram user: the init data of a Mini App, which Telegram signs with the bot's token.
//!
//! The steps are those of "Validating data received via the Mini App" in Telegram's documentation of Mini Apps. Init data
//! proves its user for [`MAX_AGE`] to every holder, as often as they show it: Telegram hands out the same text for as
//! long as the Mini App is open, so a reload of the page and a client whose answer was lost must get in with it again. A
//! marker per text would refuse them, and cost a write per sign-in; what keeps a stranger out is that the text travels
//! over TLS only, is in no log, and is worth nothing after five minutes.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use types::PersonName;

/// How old init data may be.
pub const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);
/// How far Telegram's clock may be ahead of ours.
pub const MAX_AHEAD: SignedDuration = SignedDuration::from_secs(30);
/// The longest init data, in bytes: Telegram's own is about one kilobyte.
const MAX_BYTES: usize = 8 * 1024;

/// The secret of a bot, as `@BotFather` gives it. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct BotToken(String);

impl std::fmt::Debug for BotToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BotToken(redacted)")
    }
}

/// The text is no bot's token. With an empty one, anybody could sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the bot's token, <number>:<secret>")]
pub struct BadBotToken;

impl BotToken {
    /// Reads a token: the bot's number, a colon, and its secret.
    pub fn parse(text: &str) -> Result<Self, BadBotToken> {
        let text = text.trim();
        let (number, secret) = text.split_once(':').ok_or(BadBotToken)?;
        let fits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && secret.len() >= 20;
        if fits { Ok(Self(text.to_owned())) } else { Err(BadBotToken) }
    }

    /// The signature of a check string, in hexadecimal.
    fn sign(&self, check: &str) -> String {
        let secret = mac(b"WebAppData", self.0.as_bytes());
        types::hex(&mac(&secret, check.as_bytes()))
    }
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Telegram's number of a person. Its `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TelegramId(u64);

impl TelegramId {
    /// Wraps a number; zero is no user.
    pub fn new(id: u64) -> Option<Self> {
        (id != 0).then_some(Self(id))
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl std::fmt::Debug for TelegramId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TelegramId(redacted)")
    }
}

/// Whom init data proves, with what we keep of them. Telegram tells more (a user name, a language, a picture): what is
/// not kept need not be kept up to date, exported or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramUser {
    /// Who they are.
    pub id: TelegramId,
    /// What they call themselves there.
    pub name: PersonName,
}

/// What Telegram says of a user. It adds fields as it likes, so unknown ones are no mistake.
#[derive(Deserialize)]
struct WebAppUser {
    id: u64,
    first_name: String,
    #[serde(default)]
    last_name: Option<String>,
}

/// Why init data proves no user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InitDataError {
    /// It is not a query string of the fields that Telegram sends.
    #[error("the init data is not what Telegram sends")]
    Malformed,
    /// A field stands there twice, and different readers would take different ones.
    #[error("the init data has a field twice")]
    Duplicate,
    /// It was not signed with the token of our bot, or was changed afterwards.
    #[error("the init data is not signed by Telegram for our bot")]
    Forged,
    /// It is older than [`MAX_AGE`].
    #[error("the init data is too old: open the app again")]
    TooOld,
    /// It comes from the future.
    #[error("the init data is from the future")]
    TooNew,
    /// It names no user: the app was opened where Telegram tells none.
    #[error("the init data names no user")]
    NoUser,
}

/// Whom this init data proves.
pub fn verify(text: &str, token: &BotToken, now: Timestamp) -> Result<TelegramUser, InitDataError> {
    let mut fields = parse(text)?;
    let hash = fields.remove("hash").ok_or(InitDataError::Malformed)?;
    let expected = token.sign(&check_string(&fields));
    if !bool::from(expected.as_bytes().ct_eq(hash.as_bytes())) {
        return Err(InitDataError::Forged);
    }
    // From here on it is Telegram who speaks.
    let date =
        fields.get("auth_date").and_then(|text| text.parse().ok()).and_then(|date| Timestamp::from_second(date).ok());
    let age = now.duration_since(date.ok_or(InitDataError::Malformed)?);
    if age > MAX_AGE {
        return Err(InitDataError::TooOld);
    }
    if age < -MAX_AHEAD {
        return Err(InitDataError::TooNew);
    }
    user(fields.get("user").ok_or(InitDataError::NoUser)?)
}

/// The fields by their names, decoded.
fn parse(text: &str) -> Result<BTreeMap<String, String>, InitDataError> {
    if text.len() > MAX_BYTES {
        return Err(InitDataError::Malformed);
    }
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        if !is_plain(&name) || value.contains('\n') {
            return Err(InitDataError::Malformed);
        }
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(InitDataError::Duplicate);
        }
    }
    Ok(fields)
}

/// Names and values that hold the check string's own separators could be cut in other places than where they were signed.
/// Telegram's names have none, and its values are JSON, numbers and plain words.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What is signed: all fields but the hash, sorted by their names.
fn check_string(fields: &BTreeMap<String, String>) -> String {
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
}

fn user(json: &str) -> Result<TelegramUser, InitDataError> {
    let user: WebAppUser = serde_json::from_str(json).map_err(|_| InitDataError::NoUser)?;
    let id = TelegramId::new(user.id).ok_or(InitDataError::NoUser)?;
    let name = match user.last_name {
        Some(last_name) => format!("{} {last_name}", user.first_name),
        None => user.first_name,
    };
    Ok(TelegramUser { id, name: PersonName::nearest(&name) })
}

#[cfg(test)]
#[path = "telegram_tests.rs"]
mod tests;
