//! Verification of access tokens with the public keys from the environment.

use std::collections::HashMap;
use std::str::FromStr;

use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use super::{Claims, Standings};
use crate::{Clock, Environment};

/// The only algorithm: a token that names another is refused before any key is touched (RFC 8725, section 3.1).
pub const ALGORITHM: Algorithm = Algorithm::ES256;

/// How far clocks may differ, in seconds.
const LEEWAY_SECONDS: i64 = 5;

/// Checks access tokens with public keys, and knows where the standing of accounts is read.
pub struct Verifier {
    standings: Option<Standings>,
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    clock: Clock,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is none.
    #[error("the request has no access token: send the header Authorization: Bearer <access token>")]
    Missing,
    /// There is neither a token nor the key of a guest.
    #[error(
        "the request has neither an access token nor a guest key: send the header Authorization: Bearer <access token>, or the Guest-Key that was returned with the cart"
    )]
    NeitherTokenNorKey,
    /// The `Authorization` header has another form than `Bearer <access token>`.
    #[error("the Authorization header must be the word Bearer, a space and the access token: Bearer <access token>")]
    Scheme,
    /// It is not a token, or its signature, algorithm, issuer or audience is wrong.
    #[error("the access token is invalid: sign in again, or check that the token was issued by this deployment")]
    Invalid,
    /// It was valid once.
    #[error("the access token has expired: exchange the refresh token for a new one")]
    Expired,
}

impl Verifier {
    /// Reads `AUTH_JWKS`, `AUTH_ISSUER` and `TABLE_NAME`. None if one is missing or wrong, which the environment remembers.
    pub fn from_env(env: &mut Environment) -> Option<Self> {
        let (jwks, issuer) = (env.required::<Jwks>("AUTH_JWKS"), env.required::<String>("AUTH_ISSUER"));
        let standings = Standings::from_env(env)?;
        Some(Self::new(&jwks?, &issuer?, Clock::System).with_accounts(standings))
    }

    /// A verifier for tokens of one issuer and audience, which are the same here: Atoll's API issues tokens for itself.
    pub fn new(jwks: &Jwks, issuer: &str, clock: Clock) -> Self {
        let mut validation = Validation::new(ALGORITHM);
        // The library reads the machine's clock; `check_time` asks ours.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Self { standings: None, keys: jwks.decoding_keys(), validation, clock }
    }

    /// The same verifier for operations that check standing.
    #[must_use]
    pub fn with_accounts(self, standings: Standings) -> Self {
        Self { standings: Some(standings), ..self }
    }

    /// Where standing is read, and the time to judge it at.
    pub(super) fn standings(&self) -> Option<(Standings, Timestamp)> {
        Some((self.standings.clone()?, self.clock.now()))
    }

    /// The claims of a token that holds.
    pub fn verify(&self, token: &str) -> Result<Claims, Rejection> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Rejection::Invalid)?;
        let key = header.kid.and_then(|kid| self.keys.get(&kid)).ok_or(Rejection::Invalid)?;
        let token = jsonwebtoken::decode::<Claims>(token, key, &self.validation).map_err(|_| Rejection::Invalid)?;
        check_time(&token.claims, self.clock.now())?;
        Ok(token.claims)
    }
}

/// Checks `exp` and `nbf` (RFC 7519, sections 4.1.4 and 4.1.5), both with [`LEEWAY_SECONDS`].
fn check_time(claims: &Claims, now: Timestamp) -> Result<(), Rejection> {
    let now = now.as_second();
    if claims.exp < now.saturating_sub(LEEWAY_SECONDS) {
        Err(Rejection::Expired)
    } else if claims.nbf > now.saturating_add(LEEWAY_SECONDS) {
        Err(Rejection::Invalid)
    } else {
        Ok(())
    }
}

/// A set of public keys, as RFC 7517 writes it.
#[derive(Debug, Clone)]
pub struct Jwks(JwkSet);

impl Jwks {
    /// Returns the keys by their IDs.
    pub(crate) fn decoding_keys(&self) -> HashMap<String, DecodingKey> {
        let keys = self.0.keys.iter();
        keys.filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?))).collect()
    }
}

impl FromStr for Jwks {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }
}

#[cfg(test)]
#[path = "verifier_tests.rs"]
mod verifier_tests;
