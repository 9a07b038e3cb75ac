//! `GET /v1/.well-known/jwks.json`: the public keys that verify access tokens.

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use kit::http::Json;
use kit::{ConfigError, Environment};
use serde_json::Value;

/// How long clients may keep the keys, in seconds. One that meets a key id that it does not know asks again.
pub const MAX_AGE_SECONDS: u32 = 300;

/// The keys, as they stand in the environment.
pub struct Keys(Value);

impl Keys {
    /// Reads `AUTH_JWKS`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<Value>("AUTH_JWKS"),);
        env.all(values).map(|(keys,)| Self(keys))
    }
}

/// Get signing keys (JWKS)
///
/// Returns a JSON Web Key Set (RFC 7517). Cacheable; fetch it again when a token names an unknown key ID.
#[utoipa::path(
    get, path = "/v1/.well-known/jwks.json", operation_id = "get_jwks", tag = "identity",
    responses((status = 200, description = "JSON Web Key Set", body = Object))
)]
pub async fn get_jwks(State(keys): State<&'static Keys>) -> impl IntoResponse {
    let cache = AppendHeaders([("cache-control", format!("public, max-age={MAX_AGE_SECONDS}"))]);
    (cache, Json(keys.0.clone()))
}
