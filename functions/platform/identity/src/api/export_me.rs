//! `GET /v1/users/me/export`: all that Atoll holds on the caller, by context.
//!
//! No context is called: each keeps what it holds on a person under `<context>#user#<user id>`, and this function's role
//! may query those partitions and nothing else. The decision is in docs/adr/0011-data-export.md.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use dynamo::{Context, Held, PersonalData};
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::auth::{Authenticates, Caller, Verifier};
use kit::http::{Json, Problem};
use kit::{Clock, ConfigError, Environment, sdk};
use serde::Serialize;
use serde_json::Value;
use types::UserId;
use utoipa::ToSchema;

use crate::domain::account::{Account, Status};
use crate::domain::export::{self, CONTEXTS};
use crate::problem::Refusal;
use crate::store::{ACCOUNT_SORT_KEY, Identity};

/// How many pages, of at most a megabyte each, are read of one context.
const MAX_PAGES: usize = 4;
/// The most that the answer may hold, in bytes: Lambda carries six megabytes.
const MAX_BYTES: usize = 5_000_000;

/// What the export needs: a reader of people's items in every context.
pub struct Exporter {
    held: PersonalData,
    clock: Clock,
    verifier: Verifier,
}

impl Exporter {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), Verifier::from_env(env));
        let (table, verifier) = env.all(values)?;
        let held = sdk::personal_data(&sdk::config(), table);
        Ok(Self::new(held, Clock::System, verifier))
    }

    /// From its parts.
    pub fn new(held: PersonalData, clock: Clock, verifier: Verifier) -> Self {
        Self { held, clock, verifier }
    }

    /// All that a context holds on a person. What is too much to be answered at once is refused rather than cut.
    async fn of_context(&self, context: &str, user_id: UserId) -> Result<Vec<Held>, Problem> {
        let (mut items, mut after) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let page = self.held.page(context, user_id, after).await?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(items);
            }
        }
        Err(Problem::internal(format!("{context} holds more on a person than {MAX_PAGES} pages")))
    }
}

impl Authenticates for Exporter {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// All that Atoll holds on a person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    exported_at: Timestamp,
    /// By context, then by what it is: the items as they are stored, without secrets.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, Object>>)]
    contexts: BTreeMap<&'static str, BTreeMap<String, Value>>,
}

/// Export all that Atoll holds on one
///
/// Passwords, tokens and other secrets are not part of it.
#[utoipa::path(
    get, path = "/v1/users/me/export", operation_id = "export_me", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All that is held, as a file to keep", body = Export),
        (status = 401, description = "`identity.session_ended`"),
        (status = 404, description = "`identity.no_such_user`: the account is gone"),
    )
)]
pub async fn export_me(State(ctx): State<&'static Exporter>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    let now = ctx.clock.now();
    let held = try_join_all(CONTEXTS.map(|context| ctx.of_context(context, caller.user_id))).await?;
    let mut contexts = BTreeMap::new();
    for (context, items) in CONTEXTS.into_iter().zip(held) {
        let shown =
            if context == Identity::NAME { own(items, &caller, now)? } else { items.into_iter().map(other).collect() };
        contexts.insert(context, shown);
    }
    let export = Export { exported_at: now, contexts };
    let bytes = serde_json::to_vec(&export).map_err(Problem::internal)?.len();
    if bytes > MAX_BYTES {
        return Err(Problem::internal(format!("an export of {bytes} bytes is too large to be answered at once")));
    }
    Ok((AppendHeaders([("content-disposition", "attachment; filename=\"atoll-export.json\"")]), Json(export)))
}

/// What this context holds. The account lies beside its secrets, so what is shown of it is chosen field by field. It also
/// says whether the caller's session is live still.
fn own(items: Vec<Held>, caller: &Caller, now: Timestamp) -> Result<BTreeMap<String, Value>, Problem> {
    let mut shown = BTreeMap::new();
    let mut exists = false;
    for item in items {
        if item.sort_key == ACCOUNT_SORT_KEY {
            let account: Account = serde_json::from_value(Value::Object(item.attributes)).map_err(Problem::internal)?;
            exists = account.status != Status::Deleted;
            if exists && !account.is_signed_in(caller.session_id, now) {
                return Err(Refusal::SessionEnded.into());
            }
            shown.insert(item.sort_key, export::account(&account).map_err(Problem::internal)?);
        } else {
            let (name, value) = other(item);
            shown.insert(name, value);
        }
    }
    if exists { Ok(shown) } else { Err(Refusal::NoSuchUser.into()) }
}

fn other(item: Held) -> (String, Value) {
    (item.sort_key, export::shown(item.attributes))
}
