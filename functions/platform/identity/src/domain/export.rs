//! The export of a user's personal data: the table of what each context keeps ([`sections`]), the document
//! ([`document`]), and how an item is shown in it.

pub mod document;
pub mod sections;

use contracts::identity::Device;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use types::{EmailAddress, PersonName, Role, SessionId, UserId};

use super::account::{Account, Status};
use super::plan::Plan;
use super::proofs::Proofs;
use super::sign_in_methods::{SignInMethod, TelegramLink};

/// Attributes that say how an item is stored, and nothing of the person.
const TECHNICAL: [&str; 8] = ["pk", "sk", "gsi1pk", "gsi1sk", "version", "expires_at", "outbox", "write_ids"];
/// A name with one of these in it is that of a secret, or of something that stands for one.
const SECRET: [&str; 6] = ["fingerprint", "hash", "password", "recovery", "secret", "token"];

/// An item as the export shows it: without storage attributes, and without secrets at any depth.
pub fn shown(attributes: Map<String, Value>) -> Value {
    let own = attributes.into_iter().filter(|(name, _)| !TECHNICAL.contains(&name.as_str())).collect();
    presented(Value::Object(own))
}

/// Without secrets, and with names as every other reply has them.
fn presented(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let open = fields.into_iter().filter(|(name, _)| !is_secret(name));
            open.map(|(name, value)| (camel_case(&name), presented(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(presented).collect(),
        plain => plain,
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut text, word| {
        let mut chars = word.chars();
        text.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        text + chars.as_str()
    })
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET.iter().any(|part| name.contains(part))
}

/// An account as its person sees it.
pub fn account(account: &Account) -> Result<Value, serde_json::Error> {
    serde_json::to_value(AccountExport::from(account)).map(presented)
}

/// What is shown of an account: each field is named here, since it lies beside secrets.
#[derive(Debug, Serialize)]
struct AccountExport<'a> {
    id: UserId,
    email: &'a Option<EmailAddress>,
    email_verified_at: Option<Timestamp>,
    email_verification_open_until: Option<Timestamp>,
    new_password_open_until: Option<Timestamp>,
    new_email: Option<&'a EmailAddress>,
    new_email_open_until: Option<Timestamp>,
    former_emails: Vec<FormerEmailExport<'a>>,
    name: &'a PersonName,
    roles: &'a [Role],
    plan: &'a Plan,
    status: Status,
    sign_in_methods: Vec<SignInMethod>,
    telegram: &'a Option<TelegramLink>,
    second_factor: bool,
    sessions: Vec<SessionExport<'a>>,
    created_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct FormerEmailExport<'a> {
    email: &'a EmailAddress,
    reserved_until: Timestamp,
}

#[derive(Debug, Serialize)]
struct SessionExport<'a> {
    id: SessionId,
    device: &'a Device,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
}

impl<'a> From<&'a Account> for AccountExport<'a> {
    fn from(account: &'a Account) -> Self {
        // Taken apart on purpose: a new field does not compile until a developer decides here whether it is shown.
        let Account {
            id,
            email,
            email_verified_at,
            name,
            roles,
            plan,
            status,
            password: _,
            telegram,
            mfa,
            sessions,
            // Hashes of addresses, which say nothing that their owner does not know.
            known_sources: _,
            verification,
            reset,
            email_change,
            former_emails,
            reclaimed_at: _,
            // A copy of what the section of billing shows.
            entitlement: _,
            created_at,
        } = account;
        let former_emails = former_emails
            .iter()
            .map(|former| FormerEmailExport { email: &former.email, reserved_until: former.reserved_until });
        let sessions = sessions.held().map(|session| SessionExport {
            id: session.id,
            device: &session.device,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at(),
        });
        Self {
            id: *id,
            email,
            email_verified_at: *email_verified_at,
            email_verification_open_until: verification.as_ref().and_then(Proofs::newest).map(|open| open.expires_at),
            new_password_open_until: reset.as_ref().and_then(Proofs::newest).map(|open| open.expires_at),
            new_email: email_change.as_ref().map(|change| &change.email),
            new_email_open_until: email_change.as_ref().map(|change| change.expires_at),
            former_emails: former_emails.collect(),
            name,
            roles,
            plan,
            status: *status,
            sign_in_methods: account.sign_in_methods(),
            telegram,
            second_factor: mfa.is_on(),
            sessions: sessions.collect(),
            created_at: *created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn how_an_item_is_stored_is_left_out_and_what_it_says_is_not() {
        let item = json!({
            "pk": "a#user#1", "sk": "line#1", "gsi1pk": "x", "gsi1sk": "y", "version": 3, "expires_at": 5, "outbox": "[]",
            "write_ids": "00", "cause": "verification", "user_id": "1", "status": { "state": "sent", "sent_at": "2026-01-01T00:00:00Z" },
        });
        let Value::Object(item) = item else { panic!("an object") };
        let status = json!({ "state": "sent", "sentAt": "2026-01-01T00:00:00Z" });
        assert_eq!(shown(item), json!({ "cause": "verification", "userId": "1", "status": status }));
    }

    fn anything() -> impl Strategy<Value = Value> {
        let name = prop_oneof![
            Just("name"),
            Just("token_hash"),
            Just("passwordHash"),
            Just("totp_secret"),
            Just("recovery_codes"),
            Just("note"),
        ];
        any::<bool>().prop_map(Value::Bool).prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                proptest::collection::vec((name.clone(), inner), 0..5)
                    .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn secrets_are_shown_at_no_depth(value in anything()) {
            let text = shown([("held".to_owned(), value)].into_iter().collect()).to_string();
            for part in ["hash", "Hash", "secret", "recovery"] {
                prop_assert!(!text.contains(part), "{text}");
            }
        }
    }
}
