//! Quotes: what a placed order costs, signed, so that the context that takes the payment need not ask the one that sold.
//!
//! A quote is a compact JWS (RFC 7515) of [`Quote`], signed with ES256 and keys of its own: who verifies quotes cannot make
//! them. Its audience and its type keep it from being taken for an access token, and the other way round
//! ([ADR 0043](../../../docs/adr/0043-signed-quotes.md)).

use std::collections::HashMap;

use contracts::payments::CaptureMode;
use jiff::Timestamp;
use jsonwebtoken::{DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use types::{BuyerId, CurrencyCode, OrderId};

use crate::auth::{ALGORITHM, Jwks, KeyPairs, Signer};
use crate::fresh::Fresh;
use crate::{Clock, ConfigError, Environment, Parameters, SecretError, sdk};

/// For whom quotes are.
const AUDIENCE: &str = "atoll:commerce:payments";
/// The type of the token.
const KIND: &str = "quote+jwt";

/// What a placed order costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Order ID.
    pub order: OrderId,
    /// Order number, as the buyer sees it.
    pub number: String,
    /// Who may pay.
    pub payer: BuyerId,
    /// Amount in minor units.
    pub amount: i64,
    /// Currency.
    pub currency: CurrencyCode,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// End of its validity: a payment starts before it or not at all.
    pub until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    aud: String,
    iat: i64,
    exp: i64,
    #[serde(flatten)]
    quote: Quote,
}

/// Why a quote is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// It is no quote, or not from this deployment.
    #[error("is not a quote of this deployment: send the quote of the order as it was returned")]
    Invalid,
    /// It is no longer valid.
    #[error("has expired: read the order for a new one; an order that lapsed has to be placed again")]
    Expired,
}

/// Signs quotes with the active key of an SSM parameter, which is read again after some minutes.
pub struct QuoteSigner(Fresh<Signer>);

types::redacted!(QuoteSigner);

impl QuoteSigner {
    /// Reads `QUOTE_KEYS_NAME`, and loads the parameter of that name.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (name,) = (env.required::<String>("QUOTE_KEYS_NAME"),);
        let (name,) = env.all((name,))?;
        let read = |text: &str, _| {
            let keys: KeyPairs = text.parse().map_err(|error| SecretError::new("quote keys", error))?;
            keys.signer()
        };
        let keys = Fresh::load(Parameters::new(&sdk::config()), name, Clock::System.now(), read).await;
        keys.map(Self).map_err(ConfigError::because)
    }

    /// A signer with keys that stay as they are.
    pub fn new(keys: &KeyPairs) -> Result<Self, SecretError> {
        Ok(Self(Fresh::fixed(keys.signer()?)))
    }

    /// Signs a quote.
    pub async fn sign(&self, quote: &Quote, now: Timestamp) -> Result<String, SecretError> {
        let claims = Claims {
            aud: AUDIENCE.to_owned(),
            iat: now.as_second(),
            exp: quote.until.as_second(),
            quote: quote.clone(),
        };
        self.0.get(now).await.sign(KIND, &claims)
    }
}

/// Verifies quotes with the public keys from the environment, without a call.
pub struct QuoteVerifier {
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
}

types::redacted!(QuoteVerifier);

impl QuoteVerifier {
    /// Reads `QUOTE_JWKS`. None if it is missing or wrong, which the environment remembers.
    pub fn from_env(env: &mut Environment) -> Option<Self> {
        env.required::<Jwks>("QUOTE_JWKS").map(|jwks| Self::new(&jwks))
    }

    /// A verifier with these public keys.
    pub fn new(jwks: &Jwks) -> Self {
        let mut validation = Validation::new(ALGORITHM);
        // The library reads the machine's clock; `verify` is told the time.
        validation.validate_exp = false;
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        Self { keys: jwks.decoding_keys(), validation }
    }

    /// Returns the quote, if it is one of this deployment and has not expired.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Quote, QuoteError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| QuoteError::Invalid)?;
        let key = header.kid.and_then(|kid| self.keys.get(&kid)).ok_or(QuoteError::Invalid)?;
        if header.typ.as_deref() != Some(KIND) {
            return Err(QuoteError::Invalid);
        }
        let token = jsonwebtoken::decode::<Claims>(token, key, &self.validation).map_err(|_| QuoteError::Invalid)?;
        let quote = token.claims.quote;
        if now < quote.until { Ok(quote) } else { Err(QuoteError::Expired) }
    }
}

#[cfg(test)]
#[path = "quote_tests.rs"]
mod tests;
