//! `GET /v1/.well-known/openid-configuration`: where the signing keys are and how tokens are signed.

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use kit::http::Json;
use kit::{ConfigError, Environment};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::get_jwks::MAX_AGE_SECONDS;

/// The issuer's URL.
pub struct Issuer(String);

impl Issuer {
    /// Reads `AUTH_ISSUER`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required("AUTH_ISSUER"),);
        env.all(values).map(|(url,)| Self(url))
    }
}

/// Issuer metadata, following OpenID Connect Discovery 1.0.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = IssuerMetadata)]
pub struct Configuration {
    /// Issuer of access tokens.
    issuer: String,
    /// URL of the signing keys.
    jwks_uri: String,
    response_types_supported: [&'static str; 1],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    claims_supported: [&'static str; 9],
}

/// Get issuer metadata
///
/// Returns the part of OpenID Connect Discovery 1.0 that verifying access tokens needs. Atoll is not an OpenID
/// provider and has no token endpoint: users sign in with `POST /v1/auth/login`.
#[utoipa::path(
    get, path = "/v1/.well-known/openid-configuration", operation_id = "get_openid_configuration", tag = "identity",
    responses((status = 200, description = "Issuer metadata", body = Configuration))
)]
pub async fn get_openid_configuration(State(issuer): State<&'static Issuer>) -> impl IntoResponse {
    let cache = AppendHeaders([("cache-control", format!("public, max-age={MAX_AGE_SECONDS}"))]);
    let configuration = Configuration {
        issuer: issuer.0.clone(),
        jwks_uri: format!("{}/.well-known/jwks.json", issuer.0),
        response_types_supported: ["token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["ES256"],
        claims_supported: ["iss", "aud", "sub", "sid", "roles", "iat", "nbf", "exp", "jti"],
    };
    (cache, Json(configuration))
}
