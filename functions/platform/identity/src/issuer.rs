//! Makes access tokens and key pairs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{EncodingKey, Header};
use kit::SecretError;
use kit::auth::{ALGORITHM, Claims, IdKey};
use types::SessionId;

use crate::domain::account::Account;
use crate::domain::challenge::ChallengeKey;
use crate::domain::refresh::RefreshKey;
use crate::secrets::{self, SigningKeyText, TokenSecrets};

/// How long an access token is valid. It is checked without a call, so this is also how long a session that was ended
/// can still be used.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Signs access tokens with the active key.
pub struct Issuer {
    key: EncodingKey,
    key_id: String,
    url: String,
    refresh_key: RefreshKey,
    id_secret: [u8; 32],
    challenge_key: ChallengeKey,
}

impl Issuer {
    /// An issuer with these secrets, which calls itself `issuer`.
    pub fn new(secrets: &TokenSecrets, issuer: impl Into<String>) -> Result<Self, SecretError> {
        let active = secrets.active()?;
        Ok(Self {
            key: encoding_key(active)?,
            key_id: active.key_id.clone(),
            url: issuer.into(),
            refresh_key: RefreshKey::new(secrets.refresh_key()?),
            id_secret: secrets.refresh_key()?,
            challenge_key: ChallengeKey::new(secrets.challenge_key()?),
        })
    }

    /// The key of the refresh chain.
    pub fn refresh_key(&self) -> &RefreshKey {
        &self.refresh_key
    }

    /// The key of sign-ins that wait for their second factor.
    pub fn challenge_key(&self) -> &ChallengeKey {
        &self.challenge_key
    }

    /// An access token for a session of an account.
    pub fn access_token(
        &self,
        account: &Account,
        session_id: SessionId,
        now: Timestamp,
    ) -> Result<String, SecretError> {
        let claims = Claims {
            iss: self.url.clone(),
            aud: self.url.clone(),
            sub: account.id,
            sid: session_id,
            idk: IdKey::of_user(&self.id_secret, account.id),
            roles: account.roles.clone(),
            scope: String::new(),
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: (now + ACCESS_LIFETIME).as_second(),
            jti: types::new_uuid(),
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(ALGORITHM) };
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(|error| SecretError::new("signing key", error))
    }
}

/// A new key pair.
pub fn generate_key() -> Result<SigningKeyText, SecretError> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|error| SecretError::new("signing key", error))?;
    let private_key = STANDARD.encode(pkcs8.as_ref());
    let key = SigningKeyText { key_id: String::new(), private_key, generation: 1 };
    let key_id =
        jwk(&key)?.thumbprint(ThumbprintHash::SHA256).map_err(|error| SecretError::new("signing key", error))?;
    Ok(SigningKeyText { key_id, ..key })
}

/// New secrets with one key.
pub fn generate_secrets() -> Result<TokenSecrets, SecretError> {
    let key = generate_key()?;
    Ok(TokenSecrets {
        active_key_id: key.key_id.clone(),
        signing_keys: vec![key],
        refresh_key: STANDARD.encode(secrets::random::<32>()?),
        challenge_key: STANDARD.encode(secrets::random::<32>()?),
    })
}

/// The public halves, as `/.well-known/jwks.json` shows them.
pub fn public_keys(secrets: &TokenSecrets) -> Result<JwkSet, SecretError> {
    let keys = secrets.signing_keys.iter().map(|key| {
        let mut public = jwk(key)?;
        public.common.key_id = Some(key.key_id.clone());
        Ok(public)
    });
    Ok(JwkSet { keys: keys.collect::<Result<_, SecretError>>()? })
}

fn jwk(key: &SigningKeyText) -> Result<Jwk, SecretError> {
    let mut jwk = Jwk::from_encoding_key(&encoding_key(key)?, ALGORITHM)
        .map_err(|error| SecretError::new("signing key", error))?;
    jwk.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Signature);
    Ok(jwk)
}

fn encoding_key(key: &SigningKeyText) -> Result<EncodingKey, SecretError> {
    let der = STANDARD.decode(&key.private_key).map_err(|error| SecretError::new("signing key", error))?;
    Ok(EncodingKey::from_ec_der(&der))
}
