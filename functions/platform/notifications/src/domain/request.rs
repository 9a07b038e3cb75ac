//! What a service may request: bounds, and how a repeated request is recognized.

use std::collections::{BTreeMap, BTreeSet};

use contracts::notifications::{Category, Channel, MAX_RECIPIENTS, Message, NotificationRequested};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid, derive_id, line, paragraphs};

/// The template whose texts are in the request.
pub const PLAIN: &str = "plain";
/// The longest title, in characters: more is not shown anywhere.
pub const MAX_TITLE_CHARS: usize = 120;
/// The longest text of one field, in characters.
pub const MAX_TEXT_CHARS: usize = 4_000;
/// The most fields of a template.
pub const MAX_FIELDS: usize = 20;
/// The longest name of a field, in characters.
const MAX_NAME_CHARS: usize = 64;
/// The most that all fields take together, in bytes: they are stored with each delivery.
pub const MAX_DATA_BYTES: usize = 16 * 1024;
/// The longest path of a page, in characters.
pub const MAX_LINK_CHARS: usize = 512;
/// How long a request is remembered, with its recipients: longer than a service tries again. It lies outside of the
/// recipients' partitions, so it is not to stay for long; that an event comes again later is the deliveries' business.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 2);

/// Templates that tell of what happened to an account: only identity's events bring them.
pub const OF_ACCOUNTS: [&str; 22] = [
    "api_key_created",
    "api_key_deleted",
    "confirm_new_email",
    "digest",
    "email_change_requested",
    "email_changed",
    "export_ready",
    "mfa_disabled",
    "mfa_enabled",
    "mfa_removal_cancelled",
    "mfa_removal_scheduled",
    "mfa_removed",
    "password_changed",
    "phone_code",
    "recovery_codes_replaced",
    "reset_password",
    "session_ended",
    "session_replayed",
    "sign_in_code",
    "telegram_linked",
    "telegram_unlinked",
    "verify_email",
];

/// A request that was accepted: the record of its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Names the notification; derived from who asked and their key.
    pub id: Uuid,
    /// Tells one request from another.
    pub fingerprint: Uuid,
    /// When it was accepted.
    pub accepted_at: Timestamp,
}

impl Request {
    /// The record of a request, and the event for its recipients.
    pub fn accept(id: Uuid, asked: Asked, now: Timestamp) -> (Self, NotificationRequested) {
        let requested = NotificationRequested {
            notification_id: id,
            recipients: asked.recipients.into_iter().collect(),
            category: asked.category,
            message: Message { template: asked.template, data: asked.data, link: asked.link },
            channels: asked.channels.map(|channels| channels.into_iter().collect()),
        };
        // A value whose parts are all ordered always reads the same.
        let text = serde_json::to_string(&requested).unwrap_or_default();
        (Self { id, fingerprint: derive_id(&["request", &text]), accepted_at: now }, requested)
    }

    /// When it may be swept.
    pub fn forgotten_at(&self) -> Timestamp {
        self.accepted_at + MEMORY
    }
}

/// What was asked, field by field as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The recipients.
    pub recipients: BTreeSet<UserId>,
    /// The category.
    pub category: Category,
    /// The template.
    pub template: String,
    /// The template's values.
    pub data: BTreeMap<String, String>,
    /// The link.
    pub link: Option<String>,
    /// The channels that may be used.
    pub channels: Option<BTreeSet<Channel>>,
}

/// A field of a request is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There are none, or too many.
    #[error("must have 1 to {MAX_RECIPIENTS} user IDs")]
    Recipients,
    /// It is the platform's own.
    #[error("must not be security, which is reserved for the platform")]
    Security,
    /// There is none, or it is not for services.
    #[error("must be a template for services, for example plain")]
    Template,
    /// It is empty, or too long.
    #[error("must have 1 to {MAX_TITLE_CHARS} visible characters on one line, without bidirectional controls")]
    Title,
    /// It is empty, or too long.
    #[error("must have 1 to {MAX_TEXT_CHARS} visible characters, without bidirectional controls")]
    Text,
    /// It is no name.
    #[error("must have names of 1 to 64 lower-case letters, digits and underscores")]
    Name,
    /// There are too many, or they are too long together.
    #[error("must have at most {MAX_FIELDS} fields and {MAX_DATA_BYTES} bytes")]
    Data,
    /// It is no path of a page.
    #[error("must be the path of a page of the app, for example /points/7, with at most {MAX_LINK_CHARS} characters")]
    Link,
    /// It is empty.
    #[error("must have at least one channel; leave it out for the recipients' own choice")]
    Channels,
}

/// The recipients, each of them once.
pub fn recipients(all: Vec<UserId>) -> Result<BTreeSet<UserId>, Wrong> {
    if (1..=MAX_RECIPIENTS).contains(&all.len()) { Ok(all.into_iter().collect()) } else { Err(Wrong::Recipients) }
}

/// What services may speak about.
pub fn category(category: Category) -> Result<Category, Wrong> {
    if category == Category::Security { Err(Wrong::Security) } else { Ok(category) }
}

/// A template that is there and for services; `known` are all that are there.
pub fn template(name: &str, known: &[&str]) -> Result<String, Wrong> {
    if known.contains(&name) && !OF_ACCOUNTS.contains(&name) { Ok(name.to_owned()) } else { Err(Wrong::Template) }
}

/// A title.
pub fn title(text: &str) -> Result<String, Wrong> {
    line(text, MAX_TITLE_CHARS).map_err(|_| Wrong::Title)
}

/// A text of several lines.
pub fn text(text: &str) -> Result<String, Wrong> {
    // Indentation is kept.
    let fits = text.chars().count() <= MAX_TEXT_CHARS && paragraphs(&text.replace('\t', " "), MAX_TEXT_CHARS).is_ok();
    if fits { Ok(text.to_owned()) } else { Err(Wrong::Text) }
}

/// The name of a template's field.
pub fn field_name(name: &str) -> Result<(), Wrong> {
    let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_name && (1..=MAX_NAME_CHARS).contains(&name.len()) { Ok(()) } else { Err(Wrong::Name) }
}

/// All fields of a template together.
pub fn data(fields: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Wrong> {
    let bytes: usize = fields.iter().map(|(name, text)| name.len() + text.len()).sum();
    if fields.len() <= MAX_FIELDS && bytes <= MAX_DATA_BYTES { Ok(fields) } else { Err(Wrong::Data) }
}

/// A path of a page of the app. It stays on the app's own address, also where a client resolves it.
pub fn link(path: &str) -> Result<String, Wrong> {
    let is_visible = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_path = path.starts_with('/') && !path.contains("//");
    if is_visible && is_path && path.len() <= MAX_LINK_CHARS { Ok(path.to_owned()) } else { Err(Wrong::Link) }
}

/// The channels that may be used.
pub fn channels(all: Vec<Channel>) -> Result<BTreeSet<Channel>, Wrong> {
    if all.is_empty() { Err(Wrong::Channels) } else { Ok(all.into_iter().collect()) }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
