//! `POST /v1/api-keys`: creates a key with which a backend service calls the API.
//!
//! Emits `identity.api_key_created.v1`.

use axum::extract::State;
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::{Admin, ApiKey, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use kit::openapi::OptionalIdempotencyKey;
use serde::{Deserialize, Serialize};
use types::{ApiKeyId, Scope};
use utoipa::ToSchema;

use crate::api::ApiKeyView;
use crate::ctx::Public;
use crate::domain::api_key::{KeyName, Scopes, ServiceKey, end_after};
use crate::problem::{self, Refusal};
use crate::secrets;

/// Request to create an API key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApiKey {
    /// Display name.
    #[schema(min_length = 1, max_length = 64, example = "Warehouse")]
    name: String,
    /// Scopes that the key grants, at least one.
    #[schema(value_type = Vec<Scope>, min_items = 1)]
    scopes: Vec<String>,
    /// Expiry as RFC 3339. A key without expiry is valid until it is revoked.
    #[schema(value_type = Option<Timestamp>)]
    expires_at: Option<String>,
}

impl CreateApiKey {
    fn parse(self, now: Timestamp) -> Result<(KeyName, Scopes, Option<Timestamp>), Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", KeyName::parse(&self.name));
        let scopes = scopes(&self.scopes, &mut fields);
        let ends = fields.check("expiresAt", self.expires_at.map(|text| end(&text, now)).transpose());
        fields.all((name, scopes, ends))
    }
}

fn scopes(texts: &[String], fields: &mut Fields) -> Option<Scopes> {
    let read: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| fields.check(&format!("scopes[{at}]"), text.parse::<Scope>()))
        .collect();
    let read: Option<Vec<_>> = read.into_iter().collect();
    fields.check("scopes", Scopes::of(read?))
}

fn end(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let end = types::time::parse(text).map_err(|error| error.to_string())?;
    end_after(now, end).map_err(|error| error.to_string())
}

/// A new API key. The key itself is shown once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewApiKey {
    #[serde(flatten)]
    view: ApiKeyView,
    /// The key. Send it as `X-Api-Key` and treat it as a secret.
    #[schema(value_type = String, example = "atoll_ak_019a0c6e5b107aa18c1d6e5f4a3b2c1d_bm90LWEta2V5LWJ1dC1hcy1sb25nLWFzLW9uZS1pcy0tLS0t")]
    key: Shown,
}

/// A secret that is part of a response. Its `Debug` output is redacted.
#[derive(Serialize)]
#[serde(transparent)]
struct Shown(String);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(redacted)")
    }
}

/// Create an API key
///
/// Requires the role `admin`; the role is checked against the stored account, not only the token. The response
/// contains the key, which is not shown again. With an `Idempotency-Key`, a repeated request creates no second key
/// and gets 409 `identity.api_key_exists`. Sends an e-mail to the admin.
#[utoipa::path(
    post, path = "/v1/api-keys", operation_id = "create_api_key", tag = "identity",
    security(("bearer" = ["admin"])),
    params(OptionalIdempotencyKey),
    request_body = CreateApiKey,
    responses(
        (status = 201, description = "API key created", body = NewApiKey),
        (status = 409, description = "`identity.api_key_exists`: the `Idempotency-Key` has created a key, which is not shown again"),
    )
)]
pub async fn create_api_key(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    call: Invocation,
    attempt: Option<IdempotencyKey>,
    Json(body): Json<CreateApiKey>,
) -> Result<Created<NewApiKey>, Problem> {
    let now = ctx.clock.now();
    let (name, scopes, valid_until) = body.parse(now)?;
    let admin = admin.check().await?.user_id;
    let id = attempt.map_or_else(types::new_uuid, |attempt| attempt.derive_id("create_api_key", &admin.to_string()));
    let key = ApiKey::new(ApiKeyId::new(id), secrets::random().map_err(problem::secret)?);
    let kept = ServiceKey::new(&key, name, &scopes, valid_until, admin, now);
    let view = ApiKeyView::from(&kept);
    let created = Outbox::of(call.event(now, kept.created()))?;
    if !ctx.store.add_api_key(kept, &created).await? {
        return Err(Refusal::ApiKeyExists.into());
    }
    Ok(Created::at(format!("/v1/api-keys/{}", key.id()), NewApiKey { view, key: Shown(key.write()) }))
}
